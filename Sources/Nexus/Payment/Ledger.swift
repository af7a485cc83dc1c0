/// The books of the mock gateway: what was asked, charged and given back under each key.
///
/// A value without clock or chance. A charge is asked for, and settled when its time is over; what
/// happens in between is the interesting part.
struct Ledger: Sendable {
    enum Settlement: Equatable, Sendable {
        case charged(transaction: String)
        /// By another request with this key, whether or not it was refunded since.
        case chargedBefore(transaction: String)
        case insufficientFunds
        case voided
        case timeout
    }

    private struct Account {
        var amount = 0
        var asked = 0
        var transaction: String?
        var isVoided = false
    }

    private var accounts: [String: Account] = [:]
    private var keys: [String] = []

    /// Whether the key was used for another amount: then it is a mistake, and must not be answered as if the
    /// amount had been charged.
    func isOfOtherAmount(_ key: String, _ amount: Int) -> Bool {
        guard let account = accounts[key], account.asked > 0 else { return false }
        return account.amount != amount
    }

    /// A charge comes in.
    mutating func ask(_ key: String, amount: Int) {
        change(key) { account in
            account.asked += 1
            if account.transaction == nil { account.amount = amount }
        }
    }

    /// A charge's time is over: it counts now, or not at all.
    /// - Parameter transaction: the id that it gets if none was charged under this key before.
    mutating func settle(
        _ key: String, amount: Int, card: PaymentCard, transaction: String
    ) -> Settlement {
        change(key) { account in
            // What was charged once under this key is the answer for ever, also after a refund:
            // nothing is charged a second time.
            if let first = account.transaction { return .chargedBefore(transaction: first) }
            switch card {
            case .error:
                // A gateway that comes to no answer does not look into its books either.
                return .timeout
            case .decline:
                return account.isVoided ? .voided : .insufficientFunds
            case .success:
                if account.isVoided { return .voided }
                account.amount = amount
                account.transaction = transaction
                return .charged(transaction: transaction)
            }
        }
    }

    /// Voids a key. Gives whether it was charged.
    mutating func void(_ key: String) -> Bool {
        change(key) { account in
            account.isVoided = true
            return account.transaction != nil
        }
    }

    // MARK: Kept in a file

    /// What happened under a key, as it is written down.
    enum Event: Codable, Equatable, Sendable {
        case asked(key: String, amount: Int)
        case charged(key: String, amount: Int, transaction: String)
        case voided(key: String)
    }

    /// Reads what was written down: the ledger is as it was.
    init(_ events: [Event]) {
        for event in events {
            switch event {
            case .asked(let key, let amount):
                ask(key, amount: amount)
            case .charged(let key, let amount, let transaction):
                change(key) { account in
                    // The first charge is the one that counts, as it was when it was written.
                    if account.transaction != nil { return }
                    account.amount = amount
                    account.transaction = transaction
                }
            case .voided(let key):
                change(key) { $0.isVoided = true }
            }
        }
    }

    init() {}

    /// All keys, in the order in which they came.
    var entries: [LedgerEntry] {
        keys.compactMap { key in
            accounts[key].map { account in
                let isCharged = account.transaction != nil
                return LedgerEntry(
                    key: key, amount: account.amount, asked: account.asked,
                    charges: isCharged ? 1 : 0, refunded: isCharged && account.isVoided)
            }
        }
    }

    private mutating func change<Result>(
        _ key: String, _ body: (inout Account) -> Result
    ) -> Result {
        if accounts[key] == nil { keys.append(key) }
        return body(&accounts[key, default: Account()])
    }
}

/// One key of the ledger, as `GET /api/mock-payment/ledger` lists it.
public struct LedgerEntry: Codable, Equatable, Sendable {
    public var key: String
    public var amount: Int
    /// How often a charge was asked for: retries come with the same key.
    public var asked: Int
    /// How often the card was charged: never more than once.
    public var charges: Int
    public var refunded: Bool

    public init(key: String, amount: Int, asked: Int, charges: Int, refunded: Bool) {
        self.key = key
        self.amount = amount
        self.asked = asked
        self.charges = charges
        self.refunded = refunded
    }
}
