import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// Records that cannot be what was stored are named, and records of later versions are read.
@Suite struct DamagedRecordTests {
    private func encoded(_ record: some FieldCoded, _ more: (inout FieldWriter) -> Void = { _ in })
        -> Bytes
    {
        var fields = FieldWriter()
        record.encode(into: &fields)
        more(&fields)
        return fields.bytes[...]
    }

    /// One open invocation with its input.
    private func stored(_ change: (inout InvocationRecord) -> Void = { _ in }) throws -> StoredData
    {
        var record = InvocationRecord()
        record.head.id = InvocationIdentity(partitionKey: 1, high: 2, low: 3)
        record.head.target = TargetName(service: "S", key: nil, handler: "h")
        record.progress = ProgressRecord()
        change(&record)
        var data = StoredData()
        data.invocations = [(7, encoded(record))]
        let input = JournalEntry(
            code: MessageType.inputCommand.rawValue, payload: encoded(InputCommand()),
            appendedAt: 5)
        try data.append(ArchivedJournal([input]).bytes, from: 0, to: 7)
        return data
    }

    private func complaint(_ data: StoredData) -> String? {
        do throws(DamagedRecord) {
            _ = try LocalRuntime(recovering: data, settings: LocalSettings(), seed: 1)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a sound record is read`() throws {
        #expect(try complaint(stored()) == nil)
    }

    @Test func `fields of later versions are skipped`() throws {
        var data = try stored()
        var record = try InvocationRecord(decoding: data.invocations[0].record)
        record.head.idempotencyKey = "k"
        data.invocations[0].record = encoded(record) { $0.string(99, "of a later version") }
        let runtime = try LocalRuntime(recovering: data, settings: LocalSettings(), seed: 1)
        #expect(runtime.snapshots().first?.head.idempotencyKey == "k")
    }

    @Test func `a record that ends in the middle is named`() throws {
        var data = try stored()
        data.invocations[0].record.removeLast()
        #expect(complaint(data)?.hasPrefix("invocation number 7 cannot be read: ") == true)
    }

    @Test func `a status that nobody knows is named`() throws {
        var data = try stored()
        var fields = FieldWriter()
        fields.uint32(1, 200)
        var record = FieldWriter()
        record.present(1, InvocationIdentity(partitionKey: 1, high: 2, low: 3).bytes[...])
        record.string(2, "S")
        record.present(22, fields.bytes[...])
        data.invocations[0].record = record.bytes[...]
        #expect(complaint(data)?.contains("the status 200 is unknown") == true)
    }

    @Test func `an invocation without its input is named`() throws {
        var data = try stored()
        data.journals = [:]
        #expect(
            complaint(data)
                == "the journal of \(InvocationIdentity(partitionKey: 1, high: 2, low: 3)) cannot be "
                + "read: its input is missing")
    }

    @Test func `a journal of nobody is named`() throws {
        var data = try stored()
        data.invocations = []
        #expect(complaint(data)?.hasPrefix("the journal of invocation number 7 ") == true)
    }

    @Test func `an invocation that is there twice is named`() throws {
        var data = try stored()
        data.invocations.append((8, data.invocations[0].record))
        #expect(complaint(data)?.contains("is there twice") == true)
    }

    @Test func `two holders of one key are named`() throws {
        var data = try stored {
            $0.head.target.key = "k"
            $0.head.handlerKind = .exclusive
        }
        var other = try InvocationRecord(decoding: data.invocations[0].record)
        other.head.id = InvocationIdentity(partitionKey: 1, high: 2, low: 4)
        data.invocations.append((8, encoded(other)))
        let entries = try #require(data.journals[7]).entries.bytes
        try data.append(entries, from: 0, to: 8)
        #expect(complaint(data)?.contains("its key is held by") == true)
    }

    @Test func `entries that are missing or not whole are named`() throws {
        var data = try stored()
        let entries = try #require(data.journals[7]).entries.bytes
        #expect(throws: DamagedRecord("the journal of invocation number 7", "entry 1 is missing")) {
            try data.append(entries, from: 2, to: 7)
        }
        #expect(
            throws: DamagedRecord("the journal of invocation number 7", "entry 0 is not whole")
        ) {
            var data = StoredData()
            try data.append(entries.dropLast(), from: 0, to: 7)
        }
    }

    @Test func `a registry that is none is named`() throws {
        var data = try stored()
        data.registry = Array("{\"deployments\":[{}]}".utf8)
        #expect(complaint(data)?.hasPrefix("the registry cannot be read: ") == true)
    }

    @Test func `counts on which nobody could count on are named`() throws {
        let changes: [(inout ProgressRecord) -> Void] = [
            { $0.inboxSequence = .max }, { $0.attempts.started = .max },
            { $0.attempts.failures = .max },
            { $0.attempts.retriesSinceEntry = .max },
        ]
        for change in changes {
            let data = try stored { record in
                var progress = ProgressRecord()
                change(&progress)
                record.progress = progress
            }
            #expect(complaint(data)?.contains("a counter is out of range") == true)
        }
        for serial in [0, StoredData.numberLimit, .max] {
            var data = try stored()
            data.invocations[0].serial = serial
            data.journals = [serial: try #require(data.journals[7])]
            #expect(complaint(data)?.contains("is out of range") == true)
        }
        var data = try stored()
        data.edits = [(.max, encoded(EditRecord()))]
        #expect(complaint(data)?.contains("is out of range") == true)
    }

    @Test func `no bytes make the reader of records fall`() throws {
        let data = try stored {
            $0.head.caller = .service($0.head.id, TargetName(service: "T", key: "k", handler: "g"))
            $0.milestones.pinned = PinnedDeployment(deployment: "dp", version: .v6)
            $0.progress?.attempts.lastFailure = EndpointFailure("RT0001", "no")
        }
        let record = Array(data.invocations[0].record)
        var refused = 0
        for place in record.indices {
            for value in [UInt8(0), 1, 0x7F, 0x80, 0xFF] {
                var damaged = data
                var bytes = record
                bytes[place] = value
                damaged.invocations[0].record = bytes[...]
                if complaint(damaged) != nil { refused += 1 }
            }
        }
        #expect(refused > record.count)
    }
}
