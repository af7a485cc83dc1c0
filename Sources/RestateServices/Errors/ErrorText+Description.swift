import CanonicalJSON
package import RestateMachine

/// Describes ordinary errors for the server.
extension ErrorText {
    /// Returns the text of an ordinary error as the server shows it: the error's own description,
    /// or else its type and case. The text never contains memory addresses, which would differ
    /// between attempts. So it leaves out the `userInfo` of an `NSError`, whose descriptions
    /// contain addresses.
    package static func describe(_ error: any Error) -> String {
        // First, because Foundation's sentences for these errors leave out the coding path.
        if error is DecodingError || error is EncodingError { return JSON.describe(error) }
        if let described = ownSentence(of: error) { return described }
        if let described = localizedDescription(of: error) { return described }
        return withoutUserInfo(ownText(of: error))
    }

    /// Returns the name of an error's type. Not qualified by the module: for a private type that
    /// form contains an address.
    package static func typeName(of error: any Error) -> String {
        String(describing: type(of: error))
    }

    private static func ownText(of error: any Error) -> String {
        if let described = error as? any CustomStringConvertible { return described.description }
        return Mirror(reflecting: error).displayStyle == .enum
            ? "\(typeName(of: error)).\(error)" : "\(error)"
    }

    /// Returns the localized description of an `NSError`, or of an error that bridges to one, as
    /// `URLError` does.
    ///
    /// It is called by reflection, because a direct call would link the large part of Foundation
    /// into every program. A program that throws such an error has loaded it already.
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

    /// Removes the `userInfo` of an `NSError` within another error's text. The end of the
    /// `userInfo` cannot be recognised, so everything up to the last brace is removed.
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
