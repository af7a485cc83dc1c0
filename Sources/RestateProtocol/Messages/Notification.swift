/// Identifies what a notification answers: a command, by its completion id, or a signal.
package enum NotificationID: Hashable, Sendable {
    case completion(UInt32)
    case signal(UInt32)
    case namedSignal(String)

    /// The built-in signal that cancels the invocation.
    package static let cancel = NotificationID.signal(SendSignalCommand.cancel)

    /// Compares names byte by byte. Canonically equivalent Unicode texts are equal as `String`s,
    /// but the server and the other SDKs treat them as different signals.
    package static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.completion(let left), .completion(let right)): left == right
        case (.signal(let left), .signal(let right)): left == right
        case (.namedSignal(let left), .namedSignal(let right)):
            left.utf8.elementsEqual(right.utf8)
        case (.completion, _), (.signal, _), (.namedSignal, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .completion(let id): hasher.combine(UInt64(id))
        case .signal(let id): hasher.combine(UInt64(id) | 1 << 32)
        case .namedSignal(let name):
            var name = name
            name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}

/// The result that a notification brings.
package enum NotificationResult: Equatable, Sendable {
    /// The promise, the state entry or the output is absent, or there is nothing to return.
    case void
    case value(Bytes)
    case failure(Failure)
    case invocationID(String)
    case stateKeys([Bytes])

    package var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}

/// A completion or a signal. All of them have the same fields; only the code differs.
package struct NotificationMessage: Message {
    package var code: UInt16 = MessageType.signalNotification.rawValue
    package var id: NotificationID?
    package var result: NotificationResult?

    package init() {}
    package init(_ type: MessageType, _ id: NotificationID, _ result: NotificationResult) {
        code = type.rawValue
        self.id = id
        self.result = result
    }

    package init(decoding frame: borrowing Frame) throws(WireError) {
        self = try Self(decoding: frame.payload)
        code = frame.code
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: id = .completion(try fields.uint32(field))
        case 2: id = .signal(try fields.uint32(field))
        case 3: id = .namedSignal(try fields.string(field))
        case 4:
            try fields.skip(field)
            result = .void
        case 5: result = .value(try fields.value(field))
        case 6: result = .failure(try fields.message(field))
        case 16: result = .invocationID(try fields.string(field))
        case 17: result = .stateKeys(try fields.message(field, as: StateKeys.self).keys)
        default: try fields.skip(field)
        }
    }

    package func validate() throws(WireError) {
        // A comparison with nil would copy what it looks at.
        if case .none = id { throw .missing("a notification's id") }
        if case .none = result { throw .missing("a notification's result") }
    }

    package func encode(into fields: inout FieldWriter) {
        switch id {
        case .completion(let id): fields.optional(1, id)
        case .signal(let id): fields.optional(2, id)
        case .namedSignal(let name): fields.optional(3, name)
        case nil: break
        }
        switch result {
        case .void: fields.void(4)
        case .value(let value): fields.value(5, value)
        case .failure(let failure): fields.message(6, failure)
        case .invocationID(let id): fields.optional(16, id)
        case .stateKeys(let keys): fields.message(17, StateKeys(keys))
        case nil: break
        }
    }
}
