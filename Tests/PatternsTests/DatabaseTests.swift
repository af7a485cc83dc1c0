#if PostgreSQL
import Foundation
import Restate
import RestateTesting
import Synchronization
import Testing

@testable import Patterns

/// The pattern `database`, with a real server. Each test has users of its own.
@Suite(
    .serialized, .privateDatabase,
    .enabled(if: PrivatePostgres.isInstalled, "There is no initdb: apt-get install postgresql"))
struct DatabaseTests {
    private func with(_ body: (TestEnvironment) async throws -> Void) async throws {
        let database = Postgres(DatabaseServer.url)
        try await withRestate(Endpoint(database.services).logger(SilentLogger())) {
            try await body($0)
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `rows are read as the page says, and a missing one is told`() async throws {
        try await with { restate in
            let read = restate.call(service: "simple", handler: "read")
            let known = text(try await read(Array(#""A""#.utf8)))
            let address = "1600 Pennsylvania Avenue NW, Washington, DC 20500, USA"
            let row =
                #"{"address":"\#(address)","credits":1000,"name":"Don","userid":"A","version":0}"#
            #expect(known == row)
            let unknown = text(try await read(Array(#""Z""#.utf8)))
            #expect(unknown == #""(row not found)""#)
            let simple = restate.service(SimpleAccess.self)
            let credits = [try await simple.durableRead("B"), try await simple.durableRead("Z")]
            #expect(credits == [1000, nil])
        }
    }

    @Test func `a row is inserted once, and values are never a part of a command`() async throws {
        try await with { restate in
            let simple = restate.service(SimpleAccess.self)
            let id = "'; DROP TABLE users; --"
            let user = SimpleAccess.NewUser(userId: id, name: "Emm", address: "é", credits: 0.5)
            #expect(try await simple.insert(user))
            #expect(try await simple.insert(user) == false)
            #expect(try await simple.update(.init(userId: id, newName: "Em'm")))
            #expect(try await simple.update(.init(userId: "Z", newName: "")) == false)
            let row = try await simple.read(id).decoded(as: UserRow.self)
            #expect(
                row == UserRow(userid: id, name: "Em'm", address: "é", credits: 0.5, version: 0))
        }
    }

    @Test func `a value that the database cannot take is refused, and nothing is cut off`()
        async throws
    {
        try await with { restate in
            let simple = restate.service(SimpleAccess.self)
            let long = String(repeating: "n", count: 256)
            for body in [
                { _ = try await simple.update(.init(userId: "A", newName: "Do\0nald")) },
                { _ = try await simple.update(.init(userId: "A", newName: long)) },
                { _ = try await simple.read("A\0B") },
                { _ = try await restate.object(KeyedAccess.self, "A\0B").update(1) },
                { _ = try await restate.service(TwoPhaseCommit.self).sweep(.init("lunch")) },
            ] {
                let error = try await #require(throws: TerminalError.self) { try await body() }
                #expect(error.code == 400)
            }
            let row = try await simple.read("A").decoded(as: UserRow.self)
            #expect(row.name == "Don")
        }
    }

    @Test func `credits of which no reader could make a number are refused`() async throws {
        try await with { restate in
            let simple = restate.service(SimpleAccess.self)
            _ = try await simple.insert(
                .init(userId: "rich", name: "", address: "", credits: 1e308))
            let change = AddedCredits(userId: "rich", addCredits: 1e308)
            for update in [
                { try await restate.object(KeyedAccess.self, "rich").update(1e308) },
                { try await restate.object(KeyedAccess.self, "rich").updateConditional(1e308) },
                { try await restate.service(IdempotentUpdate.self).update(change) },
                { try await restate.service(TwoPhaseCommit.self).update(change) },
            ] {
                let error = try await #require(throws: TerminalError.self) { try await update() }
                #expect(error.code == 400)
            }
            #expect(try await simple.durableRead("rich") == 1e308)

            // Another program has written what JSON has no number for.
            let database = Postgres(DatabaseServer.url)
            _ = try await database.perform {
                try $0.query("INSERT INTO users VALUES ('odd', 'n', 'a', 'NaN', 0)")
            }
            let error = try await #require(throws: TerminalError.self) {
                _ = try await simple.read("odd")
            }
            #expect(error.code == 500)
        }
    }

    @Test func `an update of a user that there is not is 404`() async throws {
        try await with { restate in
            let change = AddedCredits(userId: "Z", addCredits: 1)
            for update in [
                { try await restate.object(KeyedAccess.self, "Z").update(1) },
                { try await restate.object(KeyedAccess.self, "Z").updateConditional(1) },
                { try await restate.service(IdempotentUpdate.self).update(change) },
                { try await restate.service(TwoPhaseCommit.self).update(change) },
            ] {
                let error = try await #require(throws: TerminalError.self) { try await update() }
                #expect(error == TerminalError("No single row with userid = 'Z'", code: 404))
            }
        }
    }

    @Test func `what an invocation has left prepared is swept, and that of others is not`()
        async throws
    {
        let database = Postgres(DatabaseServer.url)
        let change = AddedCredits(userId: "A", addCredits: 5)
        let other = AddedCredits(userId: "B", addCredits: 5)
        try await with { restate in
            // A try of an invocation that has ended; a second one of the same number is not made.
            let left = PreparedTransaction(invocation: "inv_1", number: 1)
            let name = try await database.perform { try $0.prepare(left, change) }
            #expect(name?.hasPrefix("inv_1:1:") == true)
            let again = try await database.perform { try $0.prepare(left, change) }
            #expect(again == nil)
            let kept = PreparedTransaction(invocation: "inv_12", number: 1)
            let keptName = try await database.perform { try $0.prepare(kept, other) }

            let count = try await database.perform { try $0.rollBack(of: "inv_1") }
            #expect(count == 1)
            let prepared = try await database.perform { try $0.prepared(of: "inv_12") }
            #expect(prepared == [keptName])
            // A commit that is repeated finds nothing to do.
            try await database.perform { try $0.commit(keptName ?? "") }
            try await database.perform { try $0.commit(keptName ?? "") }
            let credits = try await restate.service(SimpleAccess.self).durableRead("B")
            #expect(credits == 1005)
        }
    }

    @Test func `a connection that is lost is an ordinary error, and the next one is another`()
        async throws
    {
        let database = Postgres(DatabaseServer.url)
        await #expect(throws: PostgresError.self) {
            _ = try await database.perform {
                try $0.query("SELECT pg_terminate_backend(pg_backend_pid())")
            }
        }
        let row = try await database.perform { try $0.user("A") }
        #expect(row?.userid == "A")
    }

    @Test(arguments: DatabaseStory.allCases)
    func `it is added exactly once, whatever crashes, and nothing stays prepared`(
        story: DatabaseStory
    ) async throws {
        var explorer = CrashExplorer()
        if ProcessInfo.processInfo.environment["EXPLORE"] != "all" {
            explorer.modes = [
                StoryMode(protocolVersion: 6, exchange: .suspending, lazyState: false)
            ]
        }
        let found = try await explorer.explore(story.story(Postgres(DatabaseServer.url)))
        #expect(found.failure == nil, "\(found)")
    }
}

/// The three ways to add exactly once.
enum DatabaseStory: String, CaseIterable, Sendable {
    case conditional, idempotent, twoPhases

    private static let users = Mutex(0)

    private static func newUser() -> String {
        let number = users.withLock { number in
            number += 1
            return number
        }
        return "user-\(number)"
    }

    func story(_ database: Postgres) -> Story {
        Story("database: credits are added once (\(rawValue))") {
            let user = Self.newUser()
            return Scene(Endpoint(database.services).logger(SilentLogger())) { restate in
                try await database.perform {
                    _ = try $0.query("INSERT INTO users VALUES ($1, 'n', 'a', 1000, 0)", user)
                }
                try await add(100, to: user, restate)
                return [try await outcome(database, user, restate)]
            } whenCancelled: { restate in
                let outcome = try await outcome(database, user, restate)
                let isWhole = ["1000.0, 0 prepared", "1100.0, 0 prepared"].contains(outcome)
                try Story.demand(isWhole, outcome)
            }
        }
    }

    private func add(_ credits: Double, to user: String, _ restate: TestEnvironment) async throws {
        let change = AddedCredits(userId: user, addCredits: credits)
        switch self {
        case .conditional:
            try await restate.object(KeyedAccess.self, user).updateConditional(credits)
        case .idempotent: try await restate.service(IdempotentUpdate.self).update(change)
        case .twoPhases: try await restate.service(TwoPhaseCommit.self).update(change)
        }
    }

    /// What there is two days later, when keys have expired and sweeps are over.
    private func outcome(
        _ database: Postgres, _ user: String, _ restate: TestEnvironment
    ) async throws -> String {
        try await restate.clock.advance(by: .seconds(2 * 86400))
        return try await database.perform { connection in
            let prepared = try connection.query("SELECT gid FROM pg_prepared_xacts").rows.count
            return "\(try connection.user(user)?.credits ?? 0), \(prepared) prepared"
        }
    }
}
#endif
