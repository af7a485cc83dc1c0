import Restate
import RestateTesting
import Testing

/// A trip of three bookings, each of which is undone if a later one fails.
struct Trip: Service {
    let effects: Effects

    func book(_ ctx: Context, failing: String) async throws -> String {
        try await ctx.saga { saga in
            for name in ["flight", "hotel", "car"] {
                saga.undo(name) { try await cancel(ctx, name, failing) }
                try await book(ctx, name, failing)
            }
            if failing == "wait" { try await ctx.sleep(.seconds(60)) }
            saga.forget()
            if failing == "end" { throw TerminalError("too late to undo") }
        }
        return "booked"
    }

    private nonisolated(nonsending) func book(
        _ ctx: Context, _ name: String, _ failing: String
    ) async throws {
        let effects = effects
        try await ctx.run("book \(name)") {
            if failing.hasPrefix(name) { throw TerminalError("no \(name)", code: 409) }
            effects.note("book \(name)")
        }
    }

    private nonisolated(nonsending) func cancel(
        _ ctx: Context, _ name: String, _ failing: String
    ) async throws {
        let effects = effects
        // A wait in which a cancellation could end it.
        try await ctx.sleep(.seconds(1))
        try await ctx.run("cancel \(name)") {
            if failing.hasSuffix("stuck \(name)") { throw TerminalError("\(name) is stuck") }
            effects.note("cancel \(name)")
        }
    }

    struct API: HandlerTable {
        let book = handler(Trip.book)
    }
}

struct SagaTests {
    @Test func `what was done is undone last first, and the error stays`() async throws {
        let effects = Effects()
        try await withRestate(Endpoint(Trip(effects: effects))) { restate in
            let error = try await #require(throws: TerminalError.self) {
                _ = try await restate.service(Trip.self).book("car")
            }
            #expect(error == TerminalError("no car", code: 409))
            let trip = try await restate.service(Trip.self).book.send("car")
            await #expect(throws: TerminalError.self) { _ = try await trip.attach() }
            let runs = await trip.journal().filter { $0.hasPrefix("Command: Run") }
            #expect(
                runs == [
                    #"Command: Run "book flight""#, #"Command: Run "book hotel""#,
                    #"Command: Run "book car""#, #"Command: Run "cancel car""#,
                    #"Command: Run "cancel hotel""#, #"Command: Run "cancel flight""#,
                ])
        }
    }

    @Test func `what cannot be undone is told, and the rest is undone all the same`() async throws {
        let effects = Effects()
        try await withRestate(Endpoint(Trip(effects: effects))) { restate in
            let error = try await #require(throws: TerminalError.self) {
                _ = try await restate.service(Trip.self).book("car, stuck hotel")
            }
            #expect(error.message == "no car; hotel was not undone: hotel is stuck")
            #expect(error.code == 409)
            #expect(effects.count("cancel flight") == 1)
        }
    }

    @Test func `a trip that ends well undoes nothing, and neither does what was forgotten`()
        async throws
    {
        let effects = Effects()
        try await withRestate(Endpoint(Trip(effects: effects))) { restate in
            let answer = try await restate.service(Trip.self).book("nothing")
            #expect(answer == "booked")
            await #expect(throws: TerminalError.self) {
                _ = try await restate.service(Trip.self).book("end")
            }
            #expect(effects.count("cancel flight") == 0)
        }
    }

    @Test func `a cancelled trip is undone whole, although it is cancelled again meanwhile`()
        async throws
    {
        let effects = Effects()
        try await withRestate(Endpoint(Trip(effects: effects))) { restate in
            let trip = try await restate.service(Trip.self).book.send("wait")
            try await restate.settle()
            await trip.cancel()
            try await restate.settle()
            await trip.cancel()
            let error = try await #require(throws: TerminalError.self) {
                _ = try await trip.attach()
            }
            #expect(error.code == 409)
            for name in ["flight", "hotel", "car"] {
                #expect(effects.count("cancel \(name)") == 1)
            }
        }
    }

    @Test(arguments: ["car", "hotel, stuck flight", "nothing"])
    func `wherever a saga crashes or is cancelled, it is undone whole or not at all`(
        failing: String
    ) async throws {
        let story = Story("a trip: \(failing)") {
            let effects = Effects()
            return Scene(Endpoint(Trip(effects: effects)), effects: effects) { restate in
                do {
                    return try await restate.service(Trip.self).book(failing)
                } catch let error as TerminalError {
                    return error.message
                }
            } whenCancelled: { restate in
                guard failing == "nothing" else { return }
                let booked = ["flight", "hotel", "car"].map {
                    effects.count("book \($0)") > 0 && effects.count("cancel \($0)") == 0
                }
                try Story.demand(Set(booked).count == 1, "half a trip: \(booked)")
            }
        }
        var explorer = CrashExplorer()
        explorer.modes = StoryMode.all.filter { !$0.lazyState }
        let found = try await explorer.explore(story)
        #expect(found.failure == nil, "\(found)")
    }
}
