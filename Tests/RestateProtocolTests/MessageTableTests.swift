import RestateProtocol
import Support
import Testing

/// `Protocol/messages.md` says what the code does, and the code does what it says.
@Suite struct MessageTableTests {
    let tables: MessageTables
    let codec: TableCodec

    init() throws {
        tables = try MessageTables.load()
        codec = TableCodec(tables)
    }

    // MARK: The first table

    @Test func `the table lists exactly the message types of the code`() {
        let listed = tables.messages.map { "\($0.code) \($0.name) \($0.kind)" }
        let known = MessageType.allCases.map { "\($0.rawValue) \($0.tableName) \($0.kind)" }
        #expect(Set(known).subtracting(listed).sorted() == [], "only in the code")
        #expect(Set(listed).subtracting(known).sorted() == [], "only in the table")
        #expect(listed.count == Set(listed).count)
    }

    @Test func `the answers exist and have the code that follows from the command`() throws {
        let byName = Dictionary(uniqueKeysWithValues: tables.messages.map { ($0.name, $0) })
        var answers: Set<String> = []
        for row in tables.messages {
            #expect(row.kind == "command" || row.answeredBy.isEmpty, "\(row.name)")
            for name in row.answeredBy {
                let answer = try #require(byName[name], "\(row.name) is answered by \(name)")
                #expect(answer.kind == "notification")
                let isInvocationID = name == "CallInvocationIDCompletion"
                #expect(isInvocationID || answer.code == row.code + 0x7C00, "\(row.name)")
                answers.insert(name)
            }
        }
        let completions = tables.messages.filter { $0.name.hasSuffix("Completion") }.map(\.name)
        #expect(answers == Set(completions))
    }

    @Test func `commands with a completion id are those that are answered`() {
        for row in tables.messages where row.kind == "command" {
            let ids = tables.fields(of: row.name).filter { [10, 11].contains($0.number) }
            #expect(ids.count == row.answeredBy.count, "\(row.name)")
        }
    }

    @Test func `the recordings keep to the directions and versions of the table`() throws {
        for story in Fixtures.allStories {
            for golden in try Fixtures.journals(in: story) {
                let version = try ProtocolVersion(
                    contentType: golden.requestHeaders["content-type"])
                for recorded in golden.frames {
                    let frame = try #require(try onlyFrame(in: recorded.bytes))
                    let row = try #require(tables.message(code: frame.code))
                    let place: Comment = "\(golden), \(row.name)"
                    #expect(GoldenFrame.name(of: row.name) == recorded.name, place)
                    let direction = recorded.direction == .toEndpoint ? "in" : "out"
                    #expect([direction, "both"].contains(row.direction), place)
                    #expect(row.since <= version.rawValue, place)
                    try checkVersions(
                        codec.decode(frame), row.name, version.rawValue, "\(golden)")
                }
            }
        }
    }

    private func checkVersions(
        _ json: FixtureJSON, _ message: String, _ version: Int, _ place: String
    ) throws {
        for row in tables.fields(of: message) {
            guard let value = json[row.name] else { continue }
            #expect(row.versions.contains(version), "\(place), \(message).\(row.name)")
            for part in row.isList ? value.array ?? [] : [value] {
                try checkVersions(part, row.type, version, place)
            }
        }
    }

    // MARK: The second table

    @Test func `every row names a message or a part that is used`() {
        let messages = Set(tables.messages.map(\.name))
        let used = Set(tables.fields.map(\.type))
        for row in tables.fields {
            let isKnown =
                messages.contains(row.message) || used.contains(row.message)
                || row.message == "Notification"
            #expect(isKnown, "\(row.message)")
        }
        let scalars: Set = ["u32", "u64", "bool", "string", "bytes", "enum", "Void"]
        for type in used.subtracting(scalars) {
            #expect(!tables.fields(of: type).isEmpty, "\(type) has no fields")
        }
    }

    @Test func `the recorded bytes read by the table are the recorded fields`() throws {
        for story in Fixtures.allStories {
            for golden in try Fixtures.journals(in: story) {
                for recorded in golden.frames {
                    let frame = try #require(try onlyFrame(in: recorded.bytes))
                    let name = try #require(tables.message(code: frame.code)?.name)
                    let place: Comment = "\(golden), \(name)"
                    let payload = Array(frame.payload)
                    #expect(try codec.encode(recorded.fields, as: name) == payload, place)
                    #expect(try codec.encode(codec.decode(frame), as: name) == payload, place)
                }
            }
        }
    }

    @Test(arguments: MessageType.allCases)
    func `each field of the table is one of the struct`(type: MessageType) throws {
        for row in tables.fields(of: type.tableName) {
            let json = try tables.complete(type, [row.name: tables.sample(row)], beside: row)
            let payload = try codec.encode(json, as: type.tableName)
            let message = try type.decode(payload[...])
            #expect(hex(message.payload) == hex(payload), "\(row.message).\(row.name)")
            // Not by being left out on both sides.
            #expect(!payload.isEmpty)
        }
    }

    @Test(arguments: MessageType.allCases)
    func `a field at its default is written exactly when the table gives it presence`(
        type: MessageType
    ) throws {
        for row in tables.fields(of: type.tableName) where !row.isList {
            let json = try tables.complete(type, [row.name: tables.empty(row)], beside: row)
            let payload = try codec.encode(json, as: type.tableName)
            let message = try type.decode(payload[...])
            let expected = row.presence == .plain ? [] : payload
            #expect(hex(message.payload) == hex(expected), "\(row.message).\(row.name)")
        }
    }

    @Test(arguments: MessageType.allCases)
    func `the struct has no field that the table lacks`(type: MessageType) throws {
        let listed = Set(tables.fields(of: type.tableName).map(\.number))
        let base = try codec.encode(tables.complete(type, [:], beside: nil), as: type.tableName)
        for number in 1...40 where !listed.contains(number) {
            for value in ["0 7f", "2 01 61", "2 00", "5 01 02 03 04", "1 01 02 03 04 05 06 07 08"] {
                var bytes = try Support.bytes(hex: "0" + value)
                let tag = UInt64(number) << 3 | UInt64(bytes.removeFirst())
                bytes =
                    (tag < 0x80 ? [UInt8(tag)] : [UInt8(tag & 0x7F | 0x80), UInt8(tag >> 7)])
                    + bytes
                let payload = try? type.decode((base + bytes)[...]).payload
                #expect(payload.map(hex) == hex(base), "\(type) field \(number): \(value)")
            }
        }
    }

    @Test(arguments: MessageType.allCases)
    func `of a choice the last member wins`(type: MessageType) throws {
        let rows = tables.fields(of: type.tableName)
        for first in rows {
            guard case .choice = first.presence else { continue }
            for last in rows where last.presence == first.presence && last.number != first.number {
                let name = type.tableName
                let early = try codec.encode(.object([first.name: tables.sample(first)]), as: name)
                let late = try codec.encode(
                    tables.complete(type, [last.name: tables.sample(last)], beside: last), as: name)
                let message = try type.decode((early + late)[...])
                #expect(hex(message.payload) == hex(late), "\(type) \(first.name), \(last.name)")
            }
        }
    }

    /// Every value differs from every other, so that swapped fields cannot hide. A message with
    /// choices is made once for each member.
    @Test(arguments: MessageType.allCases)
    func `a message with all fields set is the same after the wire`(type: MessageType) throws {
        let name = type.tableName
        let rows = tables.fields(of: name)
        let members = rows.filter { if case .choice = $0.presence { true } else { false } }
        for chosen in members.isEmpty ? [nil] : members.map(Optional.some) {
            var object: [String: FixtureJSON] = [:]
            var taken: [MessageTables.Presence] = []
            if let chosen {
                object[chosen.name] = tables.sample(chosen)
                taken.append(chosen.presence)
            }
            for row in rows where !taken.contains(row.presence) {
                object[row.name] = tables.sample(row)
                if case .choice = row.presence { taken.append(row.presence) }
            }
            let payload = try codec.encode(.object(object), as: name)
            let message = try type.decode(payload[...])
            #expect(message.code == type.rawValue)
            #expect(hex(message.payload) == hex(payload), "\(name)")
            #expect(try codec.decode(message.payload, as: name) == .object(object))
        }
    }

    @Test func `the enumerations have the numbers of the table`() {
        let listed = tables.enumerations.map { "\($0.name) \($0.number)" }
        let known =
            ErrorBehavior.allCases.map { "ErrorBehavior \($0.rawValue)" }
            + Combinator.allCases.map { "Combinator \($0.rawValue)" }
        #expect(listed.sorted() == known.sorted())
    }
}
