internal import Commands
internal import Foundation
internal import Restate
internal import RestateLocal

/// How much a command tells: the flag `--log`. Refusals are no trouble: a sold seat is refused as it
/// should be.
struct LogChoice {
    enum Level: String, CaseIterable {
        case trouble, bookings, all
    }

    static let flag = Flag(
        "--log", "L",
        "trouble: what failed and is tried again; bookings: a line for each booking too; all: every "
            + "step of everything", standard: "bookings")

    let level: Level
    private let isSaid: Bool

    init(_ arguments: Arguments) throws(UsageError) {
        let word = try arguments.choice("--log", of: Level.allCases.map(\.rawValue))
        level = word.flatMap(Level.init) ?? .bookings
        isSaid = word != nil
    }

    /// Where lines about bookings go.
    var bookings: @Sendable (String) -> Void {
        if level == .trouble { return { _ in } }
        return { Console.say($0) }
    }

    /// How much the local runtime tells.
    var detail: LogDetail { level == .all ? .everything : .trouble }

    /// Gives an endpoint its log. The SDK's own variable says it where the flag does not.
    func applied(to endpoint: Endpoint) -> Endpoint {
        let variable = ProcessInfo.processInfo.environment["RESTATE_LOGGING"] ?? ""
        if !isSaid, !variable.isEmpty { return endpoint }
        return endpoint.logger(StandardErrorLogger(), level: level == .all ? .trace : .warn)
    }
}
