public import Commands
internal import Foundation
internal import Restate

/// How much a command tells: the flag `--log`. Refusals are no trouble: a sold seat is refused as it
/// should be.
public struct LogChoice {
    public enum Level: String, CaseIterable, Sendable {
        case trouble, bookings, all
    }

    public static let flag = Flag(
        "--log", "L",
        "trouble: what failed and is tried again; bookings: a line for each booking too; all: every "
            + "step of everything", standard: "bookings")

    public let level: Level
    private let isSaid: Bool

    public init(_ arguments: Arguments) throws(UsageError) {
        let word = try arguments.choice("--log", of: Level.allCases.map(\.rawValue))
        level = word.flatMap(Level.init) ?? .bookings
        isSaid = word != nil
    }

    /// Where lines about bookings go.
    public var bookings: @Sendable (String) -> Void {
        if level == .trouble { return { _ in } }
        return { Console.say($0) }
    }

    /// Where lines go that an operator should see in any case.
    public var trouble: @Sendable (String) -> Void { { Console.complain("nexus: \($0)") } }

    /// Gives an endpoint its log. The SDK's own variable says it where the flag does not.
    func applied(to endpoint: Endpoint) -> Endpoint {
        let variable = ProcessInfo.processInfo.environment["RESTATE_LOGGING"] ?? ""
        if !isSaid, !variable.isEmpty { return endpoint }
        return endpoint.logger(StandardErrorLogger(), level: level == .all ? .trace : .warn)
    }
}
