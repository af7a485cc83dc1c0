import CanonicalJSON
import RestateMachine

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the server is told of an error that is no terminal one.
extension ErrorText {
    /// The text of an ordinary error as the server shows it: what the error says of itself, else its
    /// type and case. Never a memory address, which would differ between attempts, and never the
    /// `userInfo` of an `NSError`, where addresses stand with their tokens.
    static func describe(_ error: any Error) -> String {
        // First, because Foundation has sentences for these that do not say where.
        if error is DecodingError || error is EncodingError { return JSON.describe(error) }
        if let described = (error as? any LocalizedError)?.errorDescription { return described }
        if let described = localizedDescription(of: error) { return described }
        return withoutUserInfo(ownText(of: error))
    }

    /// The name of an error's type. Not its module's: a private type's has an address in it.
    static func typeName(of error: any Error) -> String { String(describing: type(of: error)) }

    private static func ownText(of error: any Error) -> String {
        if let described = error as? any CustomStringConvertible { return described.description }
        return Mirror(reflecting: error).displayStyle == .enum
            ? "\(typeName(of: error)).\(error)" : "\(error)"
    }

    /// What an `NSError` says to people, or an error that stands for one, as `URLError` does.
    ///
    /// By reflection: these types are in the large half of Foundation, and whoever throws one has it
    /// loaded already, but nobody else needs it.
    private static func localizedDescription(of error: any Error) -> String? {
        var seen: Any = error
        if let inner = Mirror(reflecting: error).children.first(where: { $0.label == "_nsError" }) {
            seen = inner.value
        }
        var mirror: Mirror? = Mirror(reflecting: seen)
        while let current = mirror {
            if let info = current.children.first(where: { $0.label == "_userInfo" }) {
                return (info.value as? [String: Any])?["NSLocalizedDescription"] as? String
            }
            mirror = current.superclassMirror
        }
        return nil
    }

    /// An `NSError` inside another error is told with all it has. Its end cannot be seen, so what
    /// follows goes as well, up to the last brace.
    private static func withoutUserInfo(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let mark = Array("UserInfo={".utf8)
        guard bytes.count >= mark.count,
            let start = (0...bytes.count - mark.count).first(where: {
                bytes[$0...].starts(with: mark)
            })
        else { return text }
        let end = bytes.lastIndex(of: UInt8(ascii: "}")).map { $0 + 1 } ?? bytes.count
        return String(decoding: bytes[..<start] + bytes[max(start, end)...], as: UTF8.self)
    }
}
