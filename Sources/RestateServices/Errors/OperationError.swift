import RestateMachine

/// An error in the value of one operation. It names the operation.
struct OperationError: Error, CustomStringConvertible {
    /// For example `set state "cart"`.
    let operation: String
    let site: CallSite
    let problem: String
    /// The name of the underlying error's type.
    let type: String

    init(_ operation: String, at site: CallSite, _ error: any Error) {
        self.operation = operation
        self.site = site
        problem = ErrorText.describe(error)
        type = ErrorText.typeName(of: error)
    }

    var description: String { "\(operation) at \(site): \(problem)" }
}

/// Returns the place where an error came from, in the form of a stack trace.
///
/// - Parameter place: the fallback for errors that do not know their place.
func trace(of error: any Error, at place: String) -> String {
    guard let error = error as? OperationError else {
        return "\(ErrorText.typeName(of: error))\n    \(place)"
    }
    return "\(error.type)\n    \(error.operation) at \(error.site)"
}
