public import Restate

/// A payment, paid at most once and revocable. Its key is the payment's id.
public struct Payments: VirtualObject {
    public static let name = "payments"

    enum Status: String, Codable {
        case completed = "COMPLETED"
        case cancelled = "CANCELLED"
    }

    struct Payment: Codable, Sendable {
        var accountId: String
        var amountCents: Int
    }

    static let status = StateKey<Status?>("status")
    static let payment = StateKey<Payment?>("payment")
    /// How long a payment is remembered.
    private static let memory = Duration.seconds(3600)

    public init() {}

    func makePayment(_ ctx: ObjectContext, request: PaymentRequest) async throws -> String {
        let account = try named(request.accountId, "accountId")
        let amount = try cents(request.amount)
        switch try await ctx.get(Self.status) {
        case .completed: return "\(ctx.key) previously completed"
        case .cancelled: return "\(ctx.key) was cancelled before"
        case nil: break
        }
        // A withdrawal that has begun is recorded, whoever cancels this.
        let withdrawal = try await ctx.withoutCancellation {
            try await ctx.object(Accounts.self, account).withdraw(Double(amount))
        }
        if withdrawal.success {
            ctx.set(Self.status, .completed)
            ctx.set(Self.payment, Payment(accountId: account, amountCents: amount))
            ctx.object(Payments.self, ctx.key).expireToken.send(after: Self.memory)
        }
        return "\(ctx.key) successful: \(withdrawal.success)"
    }

    func cancelPayment(_ ctx: ObjectContext) async throws {
        switch try await ctx.get(Self.status) {
        case .completed:
            if let payment = try await ctx.get(Self.payment) {
                ctx.object(Accounts.self, payment.accountId).deposit.send(
                    Double(payment.amountCents))
            }
            ctx.set(Self.status, .cancelled)
        case nil:
            // A payment that comes later finds that it was cancelled.
            ctx.set(Self.status, .cancelled)
            ctx.object(Payments.self, ctx.key).expireToken.send(after: Self.memory)
        case .cancelled: break
        }
    }

    func expireToken(_ ctx: ObjectContext) async throws {
        ctx.clearAll()
    }

    public struct API: HandlerTable {
        public let makePayment = exclusive(Payments.makePayment)
        public let cancelPayment = exclusive(Payments.cancelPayment)
        /// Whoever could expire a payment could have it paid twice.
        public let expireToken = exclusive(Payments.expireToken).ingressPrivate()

        public init() {}
    }
}

public struct PaymentRequest: Codable, Sendable {
    public var accountId: String
    public var amount: Double

    public init(accountId: String, amount: Double) {
        self.accountId = accountId
        self.amount = amount
    }
}

/// An account. Its key is the account's id.
public struct Accounts: VirtualObject {
    public static let name = "accounts"
    static let balance = StateKey<Int>("balance", default: 100_000)

    public struct Withdrawal: Codable, Equatable, Sendable {
        public var success: Bool
        public var reason: String?
    }

    public init() {}

    func withdraw(_ ctx: ObjectContext, amount: Double) async throws -> Withdrawal {
        let amount = try cents(amount)
        let balance = try await ctx.get(Self.balance)
        guard balance >= amount else {
            return Withdrawal(success: false, reason: "Insufficient funds: \(balance) cents")
        }
        ctx.set(Self.balance, balance - amount)
        return Withdrawal(success: true)
    }

    func deposit(_ ctx: ObjectContext, amount: Double) async throws {
        let amount = try cents(amount)
        let (balance, isTooMuch) = try await ctx.get(Self.balance).addingReportingOverflow(amount)
        if isTooMuch { throw badInput("The account cannot hold more: amount = \(amount)") }
        ctx.set(Self.balance, balance)
    }

    public struct API: HandlerTable {
        public let withdraw = exclusive(Accounts.withdraw)
        public let deposit = exclusive(Accounts.deposit)

        public init() {}
    }
}

/// An amount that can be paid.
private func cents(_ amount: Double) throws(TerminalError) -> Int {
    // Above this, numbers of JSON are no exact cents any more.
    let most = 1 << 53
    let text = Int(exactly: amount).map(String.init) ?? "\(amount)"
    guard amount > 0 else { throw badInput("Amount must be greater than 0: amount = \(text)") }
    guard amount <= Double(most) else {
        throw badInput("Amount must be \(most) at most: amount = \(text)")
    }
    guard let whole = Int(exactly: amount) else {
        throw badInput("Amount must be in whole cents: amount = \(text)")
    }
    return whole
}
