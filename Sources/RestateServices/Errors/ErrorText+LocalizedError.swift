import RestateMachine

#if !WithoutFoundation
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ErrorText {
    /// Returns what a `LocalizedError` says of itself.
    static func ownSentence(of error: any Error) -> String? {
        (error as? any LocalizedError)?.errorDescription
    }
}
#else
extension ErrorText {
    /// Returns nothing: `LocalizedError` is Foundation's.
    static func ownSentence(of error: any Error) -> String? { nil }
}
#endif
