internal import Times

/// Two more forms in which a server writes moments.
extension RFC3339 {
    /// With nine digits after the point, as a server writes moments that it has computed:
    /// `…:54.370000000Z`.
    static func nanosecondText(_ milliseconds: UInt64) -> String {
        text(milliseconds).dropLast() + "000000Z"
    }

    /// With an offset instead of the letter, as a server writes moments in headers:
    /// `…:54.370+00:00`.
    static func headerText(_ milliseconds: UInt64) -> String {
        text(milliseconds).dropLast() + "+00:00"
    }
}
