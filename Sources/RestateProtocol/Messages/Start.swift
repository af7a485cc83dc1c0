/// The first message of an attempt. It identifies the invocation and says how many journal entries
/// follow.
package struct StartMessage: TypedMessage {
    package static let type = MessageType.start
    package var id: Bytes = []
    /// UTF-8 text that stays bytes, because most handlers never read it.
    private var debugName: Bytes = []
    package var knownEntries: UInt32 = 0
    package var stateMap: [StateEntry] = []
    /// Whether the server may have state entries that are not in `stateMap`. If not, a key that is
    /// absent from the map has no value.
    package var partialState = false
    /// The key of the virtual object or workflow; empty for a service.
    package var key = ""
    /// Counts the failed attempts since the last entry was stored.
    package var retryCount: UInt32 = 0
    package var durationSinceLastEntry: UInt64 = 0  // milliseconds
    package var randomSeed: UInt64 = 0
    package var scope: String?
    package var limitKey: String?
    package var idempotencyKey: String?

    package init() {}

    package var debugID: String {
        get { String(decoding: debugName, as: UTF8.self) }
        set { debugName = Bytes(newValue.utf8) }
    }

    /// Does the same as `init(decoding:)`, but faster. It is specialized, while other modules can
    /// call only the generic initializer, and it decodes in place, because a message with so many
    /// fields is expensive to move.
    package mutating func read(_ payload: Bytes) throws(WireError) {
        try merge(payload)
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: id = try fields.bytes(field)
        case 2: debugName = try fields.text(field)
        case 3: knownEntries = try fields.uint32(field)
        case 4: stateMap.append(try fields.message(field))
        case 5: partialState = try fields.bool(field)
        case 6: key = try fields.string(field)
        case 7: retryCount = try fields.uint32(field)
        case 8: durationSinceLastEntry = try fields.uint64(field)
        case 9: randomSeed = try fields.uint64(field)
        case 10: scope = try fields.string(field)
        case 11: limitKey = try fields.string(field)
        case 12: idempotencyKey = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.bytes(1, id)
        fields.bytes(2, debugName)
        fields.uint32(3, knownEntries)
        fields.messages(4, stateMap)
        fields.bool(5, partialState)
        fields.string(6, key)
        fields.uint32(7, retryCount)
        fields.uint64(8, durationSinceLastEntry)
        fields.uint64(9, randomSeed)
        fields.optional(10, scope)
        fields.optional(11, limitKey)
        fields.optional(12, idempotencyKey)
    }
}

/// An entry of the state that the server sends with `Start`.
package struct StateEntry: FieldCoded {
    package var key: Bytes = []
    package var value: Bytes = []

    package init() {}
    package init(key: Bytes, value: Bytes) {
        self.key = key
        self.value = value
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: key = try fields.bytes(field)
        case 2: value = try fields.bytes(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.bytes(1, key)
        fields.bytes(2, value)
    }
}
