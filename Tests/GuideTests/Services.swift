import Restate
import RestateTesting
import Testing

// docs/guide/services.md

struct Counter: VirtualObject {
    static let count = StateKey<Int>("count", default: 0)

    func add(_ ctx: ObjectContext, amount: Int) async throws -> Int {
        let sum = try await ctx.get(Self.count) + amount
        ctx.set(Self.count, sum)
        return sum
    }

    func get(_ ctx: SharedObjectContext) async throws -> Int { try await ctx.get(Self.count) }

    struct API: HandlerTable {
        let add = exclusive(Counter.add)
        let get = shared(Counter.get)
    }
}

protocol Mailer: Sendable {
    func send(_ text: String, to address: String) async throws
}

struct Invoices: Service {
    let mailer: any Mailer

    func remind(_ ctx: Context, address: String) async throws {
        let mailer = mailer
        try await ctx.run("mail") { try await mailer.send("Please pay", to: address) }
    }

    struct API: HandlerTable {
        let remind = handler(Invoices.remind)
    }
}

struct Forms: Service {
    static let name = "shop.Forms"

    func ping(_ ctx: Context) async throws {}
    func count(_ ctx: Context) async throws -> Int { 3 }
    func delete(_ ctx: Context, id: String) async throws {}
    func find(_ ctx: Context, id: String?) async throws -> String? { id }

    struct API: HandlerTable {
        let ping = handler(Forms.ping)
        let count = handler(Forms.count).documentation("How many forms there are")
        let delete = handler(Forms.delete).ingressPrivate()
        let search = handler(Forms.find)  // callers say "search"
    }
}

struct Images: Service {
    func flip(_ ctx: Context, image: [UInt8]) async throws -> [UInt8] { image.reversed() }

    struct API: HandlerTable {
        let flip = handler(Images.flip)
            .rawInput(contentType: "image/png")
            .rawOutput(contentType: "image/png")
    }
}

struct Parcels: VirtualObject {
    static let name = "parcels.Shipping"

    struct API: HandlerTable {
        let ship = remote("ship", Parcel.self, returning: Int.self)
        let recall = remote("recall")
    }
}

struct Parcel: Codable, Sendable {
    var address: String
    var grams: Int
}

struct Delivery: Codable, Sendable, JSONSchemaDescribed {
    var street: String
    var floor: Int?

    static var jsonDescription: String? { "Where a parcel goes" }
    static var jsonMemberDescriptions: [String: String] { ["floor": "0 is the ground"] }
    static var jsonExample: Delivery? { Delivery(street: "Elm Street 5", floor: 2) }
}

struct Deliveries: Service {
    func plan(_ ctx: Context, to place: Delivery) async throws -> Int { place.floor ?? 0 }

    struct API: HandlerTable {
        let plan = handler(Deliveries.plan)
    }
}

struct ServicesPage {
    @Test func `a counter adds up, and reads beside`() async throws {
        try await withRestate(Endpoint(Counter())) { restate in
            let counter = restate.object(Counter.self, "clicks")
            _ = try await counter.add(2)
            let sum = try await counter.add(3)
            let read = try await counter.get()
            #expect((sum, read) == (5, 5))
        }
    }

    @Test func `handlers of all forms are called by the labels of their table`() async throws {
        let sent = SentMail()
        let endpoint = Endpoint(Forms(), Images(), Deliveries(), Invoices(mailer: sent))
        try await withRestate(endpoint) { restate in
            let forms = restate.service(Forms.self)
            try await forms.ping()
            let found = try await forms.search("7")
            let nothing = try await forms.search()
            #expect((found, nothing) == ("7", nil))
            let flipped = try await restate.service(Images.self).flip([1, 2])
            #expect(flipped == [2, 1])
            let floor = try await restate.service(Deliveries.self).plan(Delivery(street: "A"))
            #expect(floor == 0)
            try await restate.service(Invoices.self).remind("ada@example.com")
            #expect(sent.texts == ["ada@example.com: Please pay"])
        }
    }

    @Test func `a contract is called and never served`() throws {
        let error = #expect(throws: EndpointError.self) { try Endpoint(Parcels()).start(port: 0) }
        #expect(error?.code == .handlers)
    }
}
