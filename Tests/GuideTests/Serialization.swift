import Foundation
import Restate
import RestateClient
import RestateTesting
import Testing

// docs/guide/serialization.md

enum SerializationPage {
    struct Album: VirtualObject {
        static let cover = StateKey<[UInt8]?>("cover", format: .bytes)

        func upload(_ ctx: ObjectContext, image: [UInt8]) async throws {
            let small = try await ctx.run("shrink", format: .bytes) { try shrink(image) }
            ctx.set(Self.cover, small)
        }

        func show(_ ctx: SharedObjectContext) async throws -> [UInt8]? {
            try await ctx.get(Self.cover)
        }

        struct API: HandlerTable {
            let upload = exclusive(Album.upload).inputFormat(.bytes(contentType: "image/png"))
            let show = shared(Album.show).outputFormat(.bytes(contentType: "image/png"))
        }
    }

    static func shrink(_ image: [UInt8]) throws -> [UInt8] { Array(image.prefix(2)) }

    struct Import: Service {
        static let options = ServiceOptions().format(.text)

        func load(_ ctx: Context, table: String) async throws -> Int {
            let rows = table.split(separator: "\n").map(String.init)
            // A list is no text.
            let kept = try await ctx.run("store", format: .json) { rows }
            return kept.count
        }

        struct API: HandlerTable {
            let load = handler(Import.load).inputFormat(.text(contentType: "text/csv"))
        }
    }

    struct NoRows: Error {}
    struct NotFlipped: Error {}

    struct Tests {
        @Test(arguments: [true, false])
        func `bytes, text and JSON are side by side, with a codec and without`(
            isFlipped: Bool
        ) async throws {
            let plain = Endpoint(Album(), Import())
            let endpoint = isFlipped ? SerializationPage.endpoint : plain
            try await withRestate(endpoint) { restate in
                let album = restate.object(Album.self, "a")
                try await #expect(album.show() == nil)
                try await album.upload([0, 255, 7])
                try await #expect(album.show() == [0, 255])
                try await #expect(restate.service(Import.self).load("a;1\nb;2") == 2)
            }
        }

        @Test func `a format of one's own is used like the others`() async throws {
            try await withRestate(Endpoint(Counting())) { restate in
                try await #expect(restate.service(Counting.self).count(["a", "b"]) == 2)
            }
        }
    }

    struct Counting: Service {
        func count(_ ctx: Context, rows: [String]) async throws -> Int {
            try await ctx.run("rows", format: .rows) { rows }.count
        }

        struct API: HandlerTable {
            let count = handler(Counting.count).inputFormat(.rows)
        }
    }

    static var endpoint: Endpoint {
        let endpoint = Endpoint(Album(), Import()).journalCodec(Flipping())
        return endpoint
    }

    static func clientWithCodec(ingress: URL) -> RestateClient {
        let client = RestateClient(ingress: ingress).journalCodec(Flipping())
        return client
    }
}

private typealias NoRows = SerializationPage.NoRows
private typealias NotFlipped = SerializationPage.NotFlipped

struct Rows: PayloadFormat {
    let contentType = "text/csv"

    func encode<Value: Encodable & Sendable>(_ value: Value) throws -> [UInt8] {
        guard let rows = value as? [String] else { throw NoRows() }
        return Array(rows.joined(separator: "\n").utf8)
    }

    func decode<Value: Decodable & Sendable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws -> Value {
        let rows = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        guard let value = rows as? Value else { throw NoRows() }
        return value
    }
}

extension Format {
    static let rows = Format(Rows())
}

struct Flipping: JournalCodec {
    func encode(_ bytes: [UInt8]) throws -> [UInt8] { [1] + bytes.map { ~$0 } }

    func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.first == 1 else { throw NotFlipped() }
        return bytes.dropFirst().map { ~$0 }
    }
}
