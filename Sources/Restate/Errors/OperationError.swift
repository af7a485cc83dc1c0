import CanonicalJSON
import RestateMachine

/// An error that came of the value of one operation, and says of which.
struct OperationError: Error, CustomStringConvertible {
    /// `set state "cart"`.
    let operation: String
    let site: CallSite
    let problem: String
    /// The name of the type of what went wrong.
    let type: String

    init(_ operation: String, at site: CallSite, _ error: any Error) {
        self.operation = operation
        self.site = site
        problem = ErrorText.describe(error)
        type = ErrorText.typeName(of: error)
    }

    var description: String { "\(operation) at \(site): \(problem)" }
}

/// The bytes of a value that an operation sends.
func encoded<Value: Encodable>(
    _ value: Value, for operation: @autoclosure () -> String, at site: CallSite
) throws -> [UInt8] {
    do {
        return try JSON.encode(value)
    } catch {
        throw OperationError(operation(), at: site, error)
    }
}

/// Where an error came from, for the tools that show it.
///
/// - Parameter place: where that is if the error does not know it.
func trace(of error: any Error, at place: String) -> String {
    guard let error = error as? OperationError else {
        return "\(ErrorText.typeName(of: error))\n    \(place)"
    }
    return "\(error.type)\n    \(error.operation) at \(error.site)"
}
