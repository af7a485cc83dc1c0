internal import Restate

/// What a checkout is asked for, as a caller wrote it. Any JSON can be read.
public struct OrderInput: Codable, Sendable {
    private var ticketID: String?
    private var userID: String?
    private var card: Card = .absent

    /// A card that is not text is not the same as none: nobody pays with a card that was not meant.
    private enum Card {
        case absent
        case named(String)
        case unreadable
    }

    private enum CodingKeys: String, CodingKey {
        case ticketID = "ticketId"
        case userID = "userId"
        case card = "paymentMethodId"
    }

    init() {}

    public init(ticketID: String, userID: String, card: PaymentCard? = nil) {
        self.ticketID = ticketID
        self.userID = userID
        if let card { self.card = .named(card.rawValue) }
    }

    public init(from decoder: any Decoder) throws {
        guard let fields = try? decoder.container(keyedBy: CodingKeys.self) else { return }
        ticketID = fields.text(.ticketID)
        userID = fields.text(.userID)
        if let text = fields.text(.card) {
            card = .named(text)
        } else if fields.contains(.card), (try? fields.decodeNil(forKey: .card)) != true {
            card = .unreadable
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(ticketID, forKey: .ticketID)
        try fields.encodeIfPresent(userID, forKey: .userID)
        if case .named(let text) = card { try fields.encode(text, forKey: .card) }
    }

    func checked() throws(TerminalError) -> Order {
        let ticketID = try Nexus.checked(ticketID, "ticketId")
        let userID = try Nexus.checked(userID, "userId")
        switch card {
        case .absent:
            return Order(ticketID: ticketID, userID: userID, card: .success)
        case .named(let text):
            if let card = PaymentCard(rawValue: text) {
                return Order(ticketID: ticketID, userID: userID, card: card)
            }
        case .unreadable:
            break
        }
        let known = PaymentCard.allCases.map(\.rawValue).joined(separator: ", ")
        throw badInput("paymentMethodId must be one of \(known)")
    }
}

/// A booking to be made, with everything that it needs.
struct Order: Equatable, Sendable {
    var ticketID: String
    var userID: String
    var card: PaymentCard
}
