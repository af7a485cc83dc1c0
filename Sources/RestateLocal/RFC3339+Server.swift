internal import Times

/// The other two forms in which a server writes moments.
extension RFC3339 {
    /// With nine digits behind the point, as a server writes what it has counted itself:
    /// `…:54.370000000Z`.
    static func nanosecondText(_ milliseconds: UInt64) -> String {
        text(milliseconds).dropLast() + "000000Z"
    }

    /// With an offset in place of the letter, as a server writes it in headers: `…:54.370+00:00`.
    static func headerText(_ milliseconds: UInt64) -> String {
        text(milliseconds).dropLast() + "+00:00"
    }
}
