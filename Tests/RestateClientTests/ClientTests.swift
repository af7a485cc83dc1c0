import Foundation
import Restate
import RestateClient
import Testing

/// The client against the local runtime, over its ports.
@Suite(.timeLimit(.minutes(10))) struct ClientTests {
    @Test func `handlers are called through their tables`() async throws {
        try await withClient(Greeter(), Counter()) { client, _ in
            let greeter = client.service(Greeter.self)
            #expect(try await greeter.greet("Ada") == "Hello, Ada")
            #expect(try await greeter.maybe() == nil)
            #expect(try await greeter.maybe("Ada") == "Ada")
            try await greeter.nothing()
            #expect(try await greeter.header.header("x-colour", "blue")("x-colour") == "blue")
            let health = try await client.health()
            #expect(Set(health).isSuperset(of: ["Counter", "Greeter"]))
        }
    }

    @Test(arguments: ["plain", "a/b", "ä ?#%", "send"])
    func `an object's key may be any text`(key: String) async throws {
        try await withClient(Counter()) { client, _ in
            let counter = client.object(Counter.self, key)
            let other = client.object(Counter.self, key + "'")
            let sums = try await [counter.add(2), counter.add(3), counter.get(), other.get()]
            #expect(sums == [2, 5, 5, 0])
        }
    }

    @Test func `what is not known by type is called by name`() async throws {
        try await withClient(Greeter(), Counter()) { client, _ in
            let greet = client.call(service: "Greeter", handler: "greet")
            #expect(try await greet(Array(#""Ada""#.utf8)) == Array(#""Hello, Ada""#.utf8))
            let add = client.call(service: "Counter", key: "a", handler: "add")
            let sum = try await add(Array("7".utf8))
            #expect(sum == Array("7".utf8))
        }
    }

    @Test func `a terminal error comes with code and metadata`() async throws {
        try await withClient(Greeter()) { client, _ in
            // 503 and 470 of a handler are no trouble of the server's.
            for code in [418, 503, 470] {
                let error = await #expect(throws: TerminalError.self) {
                    try await client.service(Greeter.self).refuse.idempotencyKey("\(code)")(code)
                }
                #expect(error?.message == "No")
                #expect(error?.code == UInt16(code))
                #expect(error?.metadata == ["why": "because"])
            }
        }
    }

    @Test func `a call with the same idempotency key is made once`() async throws {
        try await withClient(Counter()) { client, _ in
            let add = client.object(Counter.self, "a").add.idempotencyKey("one/a ?%")
            let sums = try await [add(1), add(1), add.attach(), add.output()]
            #expect(sums == [1, 1, 1, 1])
            let sum = try await client.object(Counter.self, "a").get()
            #expect(sum == 1)
            await #expect(throws: IngressError.self) {
                try await client.object(Counter.self, "b").add.attach()
            }
        }
    }

    @Test func `what was sent can be waited for by its id`() async throws {
        try await withClient(Counter()) { client, _ in
            let add = client.object(Counter.self, "a").add
            let sent = try await add.idempotencyKey("k").send(4)
            #expect(sent.isNew)
            let sums = try await [
                sent.attach(), sent.output(), client.invocation(sent.id).attach(),
            ]
            #expect(sums == [4, 4, 4])
            let again = try await add.idempotencyKey("k").send(4)
            #expect(!again.isNew)
            #expect(again.id == sent.id)
        }
    }

    @Test func `an id is enough to ask for a result, for none and for nothing too`() async throws {
        try await withClient(Greeter()) { client, _ in
            let greeter = client.service(Greeter.self)
            let none = try await greeter.maybe.send().id
            let absent = try await client.invocation(none).attach()
            #expect(absent == nil)
            let some = InvocationID<String?>(try await greeter.maybe.send("Ada").id.rawValue)
            let present = try await client.invocation(some).attach()
            #expect(present == "Ada")
            let nothing = try await greeter.nothing.send().id
            try await client.invocation(nothing).attach()
            let output: Void? = try await client.invocation(nothing).output()
            #expect(output != nil)
        }
    }

    /// What never began leaves nothing behind, as recorded from a server.
    @Test func `a delayed call has no output, and is not known after it was cancelled`()
        async throws
    {
        try await withClient(Counter()) { client, admin in
            let sent = try await client.object(Counter.self, "a").add.send(4, after: .seconds(3600))
            #expect(try await sent.output() == nil)
            try await admin.cancel(sent.id)
            let error = await #expect(throws: TerminalError.self) { try await sent.attach() }
            #expect(error?.code == 404)
        }
    }

    @Test
    func `a call that is sent for a moment waits for it, and begins at once if it has passed`()
        async throws
    {
        try await withClient(Counter()) { client, admin in
            let add = client.object(Counter.self, "a").add
            let dates = [
                Date(timeIntervalSinceNow: 3600), .distantFuture, Date(timeIntervalSince1970: .nan),
            ]
            for date in dates {
                let sent = try await add.send(4, at: date)
                #expect(try await sent.output() == nil)
                try await admin.cancel(sent.id)
            }
            for date in [Date(timeIntervalSinceNow: -3600), .distantPast] {
                _ = try await add.send(1, at: date).attach()
            }
            #expect(try await add(0) == 2)
        }
    }

    @Test func `a workflow is submitted once, asked for and waited for`() async throws {
        try await withClient(Signup()) { client, _ in
            let signup = client.workflow(Signup.self, "ada/1")
            let first = try await signup.run.send("Ada")
            #expect(first.isNew)
            let second = try await signup.run.send("Eve")
            #expect(!second.isNew)
            #expect(try await signup.run.output() == nil)
            try await signup.approve()
            #expect(try await signup.run.attach() == "Ada is in")
            #expect(try await signup.run.output() == "Ada is in")
            await #expect(throws: TerminalError.self) { try await signup.run("Ada") }
        }
    }

    @Test func `awakeables are completed from outside`() async throws {
        try await withClient(Greeter(), Counter()) { client, _ in
            let resolved = try await client.service(Greeter.self).wait.send("one")
            try await client.resolve(
                AwakeableID<String>(try await noted(client, "one")), with: "done")
            #expect(try await resolved.attach() == "done")

            let rejected = try await client.service(Greeter.self).wait.send("two")
            try await client.reject(
                AwakeableID<String>(try await noted(client, "two")), "not today")
            let error = await #expect(throws: TerminalError.self) {
                try await rejected.attach()
            }
            #expect(error?.message == "not today")
        }
    }

    /// What a handler tells a counter, as soon as it has.
    private func noted(_ client: RestateClient, _ key: String) async throws -> String {
        while true {
            if let text = try await client.object(Counter.self, key).noted() { return text }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
