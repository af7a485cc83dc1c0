/// The reason why a request identity key cannot be used, as a sentence.
package struct IdentityError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
