public import Commands
public import Nexus

/// The flag `--operator-token`.
extension OperatorToken {
    private static let name = "--operator-token"

    /// For commands that serve what is the operator's.
    static let asked = Flag(
        name, "S",
        "a secret that the payment gateway, its ledger, the outbox and /metrics are asked with, best in "
            + "NEXUS_OPERATOR_TOKEN; a gateway elsewhere is asked with it too",
        standard: "a sealed shop has these for nobody, an open one for everybody", isSecret: true)

    /// For commands that ask a gateway.
    public static let shown = Flag(
        name, "S", "the operator's secret, if the gateway wants it", isSecret: true)

    /// Nil if it is not said.
    public init?(_ arguments: Arguments) throws(UsageError) {
        guard let text = arguments.text(Self.name) else { return nil }
        do {
            try self.init(text)
        } catch {
            throw UsageError("\(arguments.called(Self.name)) must be \(error).")
        }
    }
}

extension OperatorAccess {
    /// For the lines at the start; nil where there is nothing to say.
    public var sentence: String? {
        switch self {
        case .everybody: nil
        case .holders: "Payments, outbox and metrics are for who has the operator's token."
        case .nobody:
            "Payments, outbox and metrics are for nobody: --operator-token is for who looks after the shop."
        }
    }
}
