internal import Foundation
internal import Times

/// The admin API writes moments and durations as texts for people. A text that this version cannot read
/// is nil: it is no reason to refuse the whole answer.
extension KeyedDecodingContainer {
    /// A moment such as `2026-11-21T03:00:54.370000000Z`.
    func moment(_ key: Key) throws -> Date? {
        guard let text = try decodeIfPresent(String.self, forKey: key),
            let moment = RFC3339.moment(text)
        else { return nil }
        return Date(
            timeIntervalSince1970: Double(moment.seconds) + Double(moment.fraction) * 1e-18)
    }

    /// A duration such as `1d` or `1m 30s`.
    func duration(_ key: Key) throws -> Duration? {
        guard let text = try decodeIfPresent(String.self, forKey: key),
            let milliseconds = try? DurationText.milliseconds(text)
        else { return nil }
        return Duration(milliseconds: milliseconds)
    }
}

extension Duration {
    /// The text of a duration in a request, rounded up.
    var adminText: String { "\(millisecondsRoundedUp)ms" }
}
