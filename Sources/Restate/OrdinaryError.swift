#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The text of an ordinary error as the server shows it: what the error says of itself, else its
/// type and case. Never a memory address, which would differ between attempts.
func text(of error: any Error) -> String {
    if let described = (error as? any LocalizedError)?.errorDescription { return described }
    if error is DecodingError || error is EncodingError { return JSON.describe(error) }
    if let described = error as? any CustomStringConvertible { return described.description }
    let type = String(describing: type(of: error))
    return Mirror(reflecting: error).displayStyle == .enum ? "\(type).\(error)" : "\(error)"
}
