public import Nexus

/// What is known of the shop after a load test, besides the answers that the users got.
public struct LoadEvidence: Sendable {
    /// The ledger's entries that the test made; nil if the ledger could not be read.
    public var payments: [LedgerEntry]?
    /// How the seats stood on the map before.
    public var mapBefore: [String: SeatStatus]
    /// Where map and tickets disagree when all is quiet.
    public var differences: [String]
    /// Whether sold out is sold out, without a reset.
    public var isSealed: Bool

    public init(
        payments: [LedgerEntry]?, mapBefore: [String: SeatStatus] = [:],
        differences: [String] = [], isSealed: Bool = false
    ) {
        self.payments = payments
        self.mapBefore = mapBefore
        self.differences = differences
        self.isSealed = isSealed
    }
}

/// A sentence that must be true whatever was killed.
public struct LoadInvariant: Codable, Equatable, Sendable {
    public enum Verdict: String, Codable, Sendable {
        case holds
        case broken = "IS FALSE"
        case unknown = "not checked"
    }

    public var sentence: String
    public var verdict: Verdict
    /// The figures, or what is wrong.
    public var detail: String

    public static func all(_ samples: [LoadSample], _ evidence: LoadEvidence) -> [LoadInvariant] {
        let sales = samples.filter(\.isConfirmed)
        return payments(sales.count, evidence.payments) + [
            soldOnce(sales, evidence),
            LoadInvariant(
                "map and tickets agree once all is quiet",
                evidence.differences.isEmpty, listed(evidence.differences)),
        ]
    }

    private init(_ sentence: String, _ isTrue: Bool, _ detail: String) {
        self.sentence = sentence
        verdict = isTrue ? .holds : .broken
        self.detail = detail
    }

    private static func payments(_ confirmed: Int, _ entries: [LedgerEntry]?) -> [LoadInvariant] {
        let balance = "confirmed bookings = charges − refunds"
        let once = "each key is charged at most once"
        guard let entries else {
            return [balance, once].map {
                var invariant = LoadInvariant($0, true, "needs --gateway-url, for its ledger")
                invariant.verdict = .unknown
                return invariant
            }
        }
        let charges = entries.reduce(0) { $0 + $1.charges }
        let refunds = entries.filter(\.refunded).reduce(0) { $0 + $1.charges }
        let twice = entries.filter { $0.charges > 1 }
            .map { "\($0.key) was charged \($0.charges) times" }
        return [
            LoadInvariant(
                balance, confirmed == charges - refunds,
                "\(confirmed) confirmed, \(charges) charges, \(refunds) refunds"),
            LoadInvariant(once, twice.isEmpty, listed(twice)),
        ]
    }

    /// A reset begins when the map shows fifty sales, and clears them. So before any moment there were at
    /// most as many resets as fifties of other sales had begun; and a seat's third sale, for example, needs two.
    private static func soldOnce(_ sales: [LoadSample], _ evidence: LoadEvidence) -> LoadInvariant {
        let game = Set(SeatMap.seats)
        let soldBefore = evidence.mapBefore.filter { $0.value == .sold }
        let inGame = soldBefore.count { game.contains($0.key) }
        // Other seats count too, and a reset leaves them as they are.
        let needed = max(1, game.count - (soldBefore.count - inGame))
        let begun = sales.map(\.began).sorted()
        var found: [String] = []
        for (seat, sales) in Dictionary(grouping: sales, by: \.seat) {
            var count = soldBefore[seat] == nil ? 0 : 1
            for sale in sales.sorted(by: { $0.ended < $1.ended }) {
                count += 1
                let earlier = begun.partitioningIndex { $0 > sale.ended } - 1
                let resets = evidence.isSealed ? 0 : (inGame + earlier) / needed
                guard count > resets + 1 else { continue }
                found.append("\(seat) was sold \(count) times, with \(resets) resets at most")
            }
        }
        return LoadInvariant(
            "no seat is sold twice between two resets", found.isEmpty, listed(found.sorted()))
    }

    private static func listed(_ sentences: [String]) -> String {
        let more = sentences.count > 10 ? "; and \(sentences.count - 10) more" : ""
        return sentences.prefix(10).joined(separator: "; ") + more
    }
}

extension Array {
    /// The first index whose element is so; the array is ordered by that.
    fileprivate func partitioningIndex(_ isSo: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isSo(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
