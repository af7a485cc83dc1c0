import Restate
import RestateClient
import Testing

/// Single invocations and many, through the admin API.
@Suite(.timeLimit(.minutes(10))) struct AdminInvocationTests {
    @Test func `an invocation is listed with its target, its status and its end`() async throws {
        try await withClient(Greeter(), Counter()) { client, admin in
            let sum = try await client.object(Counter.self, "a/b").add(2)
            #expect(sum == 2)
            await #expect(throws: TerminalError.self) {
                try await client.service(Greeter.self).refuse(409)
            }
            let counted = try #require(
                try await admin.invocations(where: "target_service_name = 'Counter'").first)
            #expect(counted.target == "Counter/a/b/add")
            #expect(counted.key == "a/b")
            #expect(counted.status == .completed)
            #expect(counted.succeeded == true)
            #expect(counted.createdAt != nil)
            let refused = try #require(
                try await admin.invocations(where: "target_handler_name = 'refuse'").first)
            #expect(refused.succeeded == false)
            #expect(refused.failure?.contains("No") == true)
            #expect(try await admin.invocation(refused.id)?.id == refused.id)
        }
    }

    @Test func `a finished invocation is restarted and purged`() async throws {
        try await withClient(Greeter()) { client, admin in
            let sent = try await client.service(Greeter.self).greet.send("Ada")
            #expect(try await sent.attach() == "Hello, Ada")
            let again = try await admin.restart(sent.id)
            #expect(again != sent.id)
            #expect(try await client.invocation(again).attach() == "Hello, Ada")
            try await admin.purgeJournal(sent.id)
            #expect(try await sent.output() == "Hello, Ada")
            try await admin.purge(sent.id)
            #expect(try await admin.invocation(sent.id) == nil)
            let error = await #expect(throws: IngressError.self) {
                try await admin.purge(sent.id)
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test func `a waiting invocation is paused, resumed and killed`() async throws {
        try await withClient(Greeter(), Counter()) { client, admin in
            let sent = try await client.service(Greeter.self).wait.send("notes")
            try await whenNoted(client)
            try await admin.pause(sent.id)
            try await until { try await admin.invocation(sent.id)?.status == .paused }
            try await admin.resume(sent.id, on: .latest)
            try await until { try await admin.invocation(sent.id)?.status != .paused }
            try await admin.kill(sent.id)
            await #expect(throws: TerminalError.self) { try await sent.attach() }
        }
    }

    @Test func `many invocations are ended at once, and what is unknown is told`() async throws {
        try await withClient(Greeter(), Counter()) { client, admin in
            let greet = client.service(Greeter.self).greet
            for name in ["Ada", "Bob", "Eve"] {
                try await greet.send(name, after: .seconds(3600))
            }
            let waiting = try await admin.invocations(where: "status = 'scheduled'")
            #expect(waiting.count == 3)
            let result = try await admin.cancel(all: waiting.map(\.id))
            #expect(Set(result.succeeded) == Set(waiting.map(\.id)))
            #expect(result.failed.isEmpty)
            let late = try await admin.kill(all: waiting.map(\.id))
            #expect(late.succeeded.isEmpty)
            #expect(Set(late.failed.map(\.id)) == Set(waiting.map(\.id)))
            #expect(late.failed.first?.reason.isEmpty == false)
        }
    }

    @Test func `many finished invocations are restarted and purged at once`() async throws {
        try await withClient(Greeter()) { client, admin in
            var ids: [InvocationID<Void>] = []
            for name in ["Ada", "Bob"] {
                let sent = try await client.service(Greeter.self).greet.send(name)
                _ = try await sent.attach()
                ids.append(InvocationID(sent.id.rawValue))
            }
            let restarted = try await admin.restart(all: ids).restarted
            #expect(Set(restarted.keys) == Set(ids))
            #expect(try await admin.purgeJournals(of: ids).succeeded.count == 2)
            #expect(try await admin.purge(all: ids).succeeded.count == 2)
            #expect(try await admin.invocation(ids[0]) == nil)
        }
    }

    @Test func `rows of any shape are read as JSON`() async throws {
        try await withClient(Counter()) { client, admin in
            _ = try await client.object(Counter.self, "k").add(5)
            let rows: [[String: JSONValue]] = try await admin.query(
                "SELECT service_key, key, value_utf8 FROM state")
            #expect(rows == [["service_key": "k", "key": "count", "value_utf8": "5"]])
        }
    }

    private func whenNoted(_ client: RestateClient) async throws {
        try await until { try await client.object(Counter.self, "notes").noted() != nil }
    }

    /// Asks again until it is so; the suite's limit ends it.
    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }
}
