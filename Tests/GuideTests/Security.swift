import Restate
import RestateTesting
import Synchronization
import Testing

// docs/guide/security.md

enum Security {
    struct Transfers: Service {
        let password: @Sendable () throws -> String

        func transfer(_ ctx: Context, order: Order) async throws -> String {
            let password = password
            return try await ctx.run("transfer") {
                let session = try Bank.logIn(with: password())  // read here, and kept nowhere
                return session.transfer(order.amount)
            }
        }

        struct API: HandlerTable {
            let transfer = handler(Transfers.transfer)
        }
    }

    struct Bank {
        static func logIn(with password: String) throws -> Bank {
            guard password == "hunter2" else {
                throw TerminalError("The bank refuses us", code: 403)
            }
            return Bank()
        }

        func transfer(_ amount: Int) -> String { "transferred \(amount)" }
    }

    struct Patients: VirtualObject {
        static let options = ServiceOptions().ingressPrivate().journalRetention(.zero)
        static let notes = StateKey<[String]>("notes", default: [])

        func note(_ ctx: ObjectContext, text: String) async throws {
            ctx.set(Self.notes, try await ctx.get(Self.notes) + [text])
        }

        struct API: HandlerTable {
            let note = exclusive(Patients.note)
        }
    }

    static func withReport(_ endpoint: Endpoint, token: String) -> Endpoint {
        endpoint.route("GET", "/report") { request in
            guard isShown(token, by: request) else {
                return .text("A token is needed.\n", status: 401)
            }
            return .text("7 orders\n")
        }
    }

    /// Codes are compared, not texts: how long it takes says nothing about the token.
    static func isShown(_ token: String, by request: RouteRequest) -> Bool {
        let key = Array(token.utf8)
        let shown = Array((request.header("authorization") ?? "").utf8)
        return HMACSHA256.isValid(
            HMACSHA256.code(of: shown, key: key), of: Array("Bearer \(token)".utf8), key: key)
    }
}

struct SecurityPage {
    /// Sees every value on its way to the server.
    final class Watching: JournalCodec {
        private let seen = Mutex("")

        var text: String { seen.withLock(\.self) }

        func encode(_ bytes: [UInt8]) -> [UInt8] {
            seen.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            return bytes
        }

        func decode(_ bytes: [UInt8]) -> [UInt8] { bytes }
    }

    @Test func `a secret that a step reads does not leave the process`() async throws {
        let (transfers, codec) = (Security.Transfers { "hunter2" }, Watching())
        try await withRestate(Endpoint(transfers).journalCodec(codec)) { restate in
            let order = Order(id: "7", amount: 30)
            let text = try await restate.service(Security.Transfers.self).transfer(order)
            #expect(text == "transferred 30")
            #expect(codec.text.contains("transferred 30"))
            #expect(!codec.text.contains("hunter2"))
        }
    }

    @Test func `a route is for who shows the token`() async throws {
        let token = "0123456789abcdef"
        let endpoint = Security.withReport(Endpoint(Security.Patients()), token: token)
            .logger(SilentLogger())
        let embedded = try EmbeddedEndpoint(endpoint, loops: 1)
        for (shown, status) in [
            (nil, 401), ("", 401), ("Bearer \(token)x", 401), ("Bearer \(token)", 200),
        ] as [(String?, Int)] {
            let headers = shown.map { [(name: "authorization", value: $0)] } ?? []
            let request = EmbeddedRequest(method: "GET", path: "/report", headers: headers)
            let answer = try await embedded.respond(to: request, body: [])
            #expect(answer.status == status, "\(shown ?? "without a header")")
        }
        await embedded.shutdown(grace: .zero)
    }

    @Test func `a journal that is not kept is gone with the invocation`() async throws {
        try await withRestate(Endpoint(Security.Patients())) { restate in
            let sent = try await restate.object(Security.Patients.self, "ada").note.send("cough")
            try await sent.attach()
            #expect(await sent.journal().isEmpty)
        }
    }
}
