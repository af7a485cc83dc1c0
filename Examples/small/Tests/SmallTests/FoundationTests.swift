import Foundation
import Restate
import RestateTesting
import Testing

// What happens to Foundation's types, which a program may use all the same.

/// Writes or reads a value of one of Foundation's types.
private struct Drawer: VirtualObject {
    static let types = ["Date", "Data", "URL", "UUID", "Decimal"]

    func write(_ ctx: ObjectContext, type: String) async throws {
        switch type {
        case "Date": try await write(ctx, Date(timeIntervalSince1970: 0))
        case "Data": try await write(ctx, Data([1]))
        case "URL": try await write(ctx, URL(filePath: "/"))
        case "UUID": try await write(ctx, UUID())
        case "Decimal": try await write(ctx, Decimal(1))
        default: break
        }
    }

    func read(_ ctx: ObjectContext, type: String) async throws {
        switch type {
        case "Date": try await read(ctx, Date.self)
        case "Data": try await read(ctx, Data.self)
        case "URL": try await read(ctx, URL.self)
        case "UUID": try await read(ctx, UUID.self)
        case "Decimal": try await read(ctx, Decimal.self)
        default: break
        }
    }

    private nonisolated(nonsending) func write<Value: Codable & Sendable>(
        _ ctx: ObjectContext, _ value: Value
    ) async throws {
        _ = try await ctx.run("write") { ["one": value] }
    }

    private nonisolated(nonsending) func read<Value: Codable & Sendable>(
        _ ctx: ObjectContext, _ type: Value.Type
    ) async throws {
        ctx.set(StateKey<[Int]?>("kept"), [1])
        _ = try await ctx.get(StateKey<[Value]?>("kept"))
    }

    func bytes(_ ctx: ObjectContext) async throws {
        _ = try await ctx.run("write", format: .bytes) { Data([1]) }
    }

    struct API: HandlerTable {
        let write = exclusive(Drawer.write)
        let read = exclusive(Drawer.read)
        let bytes = exclusive(Drawer.bytes)
    }
}

/// Its input has a date in it.
private struct Calendar: Service {
    struct Entry: Codable, Sendable {
        var moment: Date?
    }

    func add(_ ctx: Context, entry: Entry) async throws {}

    struct API: HandlerTable {
        let add = handler(Calendar.add)
    }
}

/// Its input is a map with keys that are no text.
private struct Register: Service {
    func add(_ ctx: Context, counts: [UUID: Int]) async throws {}

    struct API: HandlerTable {
        let add = handler(Register.add)
    }
}

/// Reads its state as one value, in which there is a type that cannot be made from any text.
private struct Album: VirtualObject {
    struct Cover: Codable, Sendable {
        var id: UUID
    }

    func show(_ ctx: ObjectContext) async throws {
        _ = try await ctx.state(Cover.self)
    }

    struct API: HandlerTable {
        let show = exclusive(Album.show)
    }
}

private struct Sentence: Error, LocalizedError, CustomStringConvertible {
    var errorDescription: String? { "localized" }
    var description: String { "described" }
}

private struct Thrower: Service {
    func fail(_ ctx: Context) async throws { throw Sentence() }

    struct API: HandlerTable {
        let fail = handler(Thrower.fail)
    }
}

@Suite struct FoundationTests {
    @Test(arguments: Drawer.types)
    func `a type of Foundation is not written, and the error names it and the trait`(
        type: String
    ) async throws {
        try await withRestate(Endpoint(Drawer())) { restate in
            let error = try await #require(throws: HandlerFailed.self) {
                try await restate.object(Drawer.self, "one").write(type)
            }
            #expect(
                "\(error)".contains(".\(type) has no JSON with the package trait WithoutFoundation")
            )
            #expect("\(error)".contains("$.one"))
        }
    }

    @Test(arguments: Drawer.types)
    func `a type of Foundation is not read, and the error names it and the trait`(
        type: String
    ) async throws {
        try await withRestate(Endpoint(Drawer())) { restate in
            let error = try await #require(throws: HandlerFailed.self) {
                try await restate.object(Drawer.self, "one").read(type)
            }
            #expect(
                "\(error)".contains(".\(type) has no JSON with the package trait WithoutFoundation")
            )
            #expect("\(error)".contains("$[0]"))
        }
    }

    @Test func `Data is no type of bytes`() async throws {
        try await withRestate(Endpoint(Drawer())) { restate in
            let error = try await #require(throws: HandlerFailed.self) {
                try await restate.object(Drawer.self, "one").bytes()
            }
            #expect("\(error)".contains("Data is not made of bytes"))
            #expect("\(error)".contains("WithoutFoundation"))
        }
    }

    @Test func `a handler that takes a date is not discovered`() async throws {
        let error = try await #require(throws: (any Error).self) {
            try await withRestate(Endpoint(Calendar())) { _ in }
        }
        #expect("\(error)".contains("The handler 'Calendar/add'"))
        #expect("\(error)".contains(".Date has no JSON with the package trait WithoutFoundation"))
    }

    @Test func `a handler that takes a map with UUIDs as keys is not discovered`() async throws {
        let error = try await #require(throws: (any Error).self) {
            try await withRestate(Endpoint(Register())) { _ in }
        }
        #expect("\(error)".contains("The handler 'Register/add'"))
        #expect("\(error)".contains(".UUID has no JSON with the package trait WithoutFoundation"))
    }

    @Test func `a state as one value with a UUID in it names the UUID and the trait`() async throws
    {
        try await withRestate(Endpoint(Album())) { restate in
            let error = try await #require(throws: HandlerFailed.self) {
                try await restate.object(Album.self, "one").show()
            }
            #expect(
                "\(error)".contains(".UUID has no JSON with the package trait WithoutFoundation"))
        }
    }

    @Test func `an error says what it is described by, not what is localized`() async throws {
        try await withRestate(Endpoint(Thrower())) { restate in
            let error = try await #require(throws: HandlerFailed.self) {
                try await restate.service(Thrower.self).fail()
            }
            #expect("\(error)".contains("described"))
            #expect(!"\(error)".contains("localized"))
        }
    }
}
