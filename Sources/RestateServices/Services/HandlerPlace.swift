/// The source location of an entry of a handler table. It serves to detect a compiler bug.
///
/// swiftc 6.3 confuses the closures of `let one = handler(A.one), two = handler(A.two)`: those of
/// the second property become the first one's, so that `two` would silently run `one`. The location
/// is therefore taken twice, once through closures that are confused as well: then the two differ.
package struct HandlerPlace: Sendable, CustomStringConvertible {
    package let fileID: StaticString
    package let line: UInt
    /// Whether the compiler gave this property the method of another one.
    package let isConfused: Bool

    init(
        _ fileID: StaticString, _ line: UInt, _ column: UInt, _ lineInClosure: UInt,
        _ columnInClosure: UInt
    ) {
        self.fileID = fileID
        self.line = line
        isConfused = line != lineInClosure || column != columnInClosure
    }

    package var description: String { "\(fileID):\(line)" }
}
