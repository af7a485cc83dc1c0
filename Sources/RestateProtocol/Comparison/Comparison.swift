/// Collects how a recorded command differs from the one that the code issues.
///
/// One call names, compares and describes a field, so the check and its message cannot diverge.
package struct Comparison {
    /// Whether payloads are compared. A program may turn it off where its coder does not write
    /// equal values as equal bytes.
    package let checksPayloads: Bool
    /// There is one line for each field that differs; no lines mean that the commands match.
    package private(set) var lines: [String] = []

    package init(checksPayloads: Bool) {
        self.checksPayloads = checksPayloads
    }

    package mutating func check(_ field: StaticString, _ recorded: String, _ attempted: String) {
        // Texts are compared byte by byte, because `==` holds for canonically equivalent Unicode
        // texts.
        if recorded.utf8.elementsEqual(attempted.utf8) { return }
        add(field, Excerpt.text(recorded), Excerpt.text(attempted))
    }

    /// An absent text differs from an empty one.
    package mutating func check(_ field: StaticString, _ recorded: String?, _ attempted: String?) {
        switch (recorded, attempted) {
        case (nil, nil): break
        case (let recorded?, let attempted?): check(field, recorded, attempted)
        case (let recorded, let attempted):
            add(field, recorded.map(Excerpt.text), attempted.map(Excerpt.text))
        }
    }

    package mutating func check(_ field: StaticString, _ recorded: UInt32, _ attempted: UInt32) {
        if recorded != attempted { add(field, "\(recorded)", "\(attempted)") }
    }

    package mutating func check(_ field: StaticString, _ recorded: Bytes, _ attempted: Bytes) {
        if recorded != attempted { add(field, Excerpt.bytes(recorded), Excerpt.bytes(attempted)) }
    }

    package mutating func check(_ field: StaticString, _ recorded: [Header], _ attempted: [Header])
    {
        let same = recorded.elementsEqual(attempted) {
            $0.key.utf8.elementsEqual($1.key.utf8) && $0.value.utf8.elementsEqual($1.value.utf8)
        }
        if !same { add(field, Excerpt.headers(recorded), Excerpt.headers(attempted)) }
    }

    /// Compares bytes that a coder made of a value. Only these can be left unchecked; whether there
    /// is a value at all is always checked.
    package mutating func payload(_ field: StaticString, _ recorded: Bytes?, _ attempted: Bytes?) {
        switch (recorded, attempted) {
        case (nil, nil): break
        case (let recorded?, let attempted?):
            if checksPayloads { check(field, recorded, attempted) }
        case (let recorded, let attempted):
            add(field, recorded.map(Excerpt.bytes), attempted.map(Excerpt.bytes))
        }
    }

    package mutating func result(
        _ field: StaticString, _ recorded: ValueOrFailure?, _ attempted: ValueOrFailure?
    ) {
        result(
            field, recorded.map(NotificationResult.init), attempted.map(NotificationResult.init))
    }

    /// Compares values as payloads, and everything else always.
    package mutating func result(
        _ field: StaticString, _ recorded: NotificationResult?, _ attempted: NotificationResult?
    ) {
        if case (.value(let recorded), .value(let attempted)) = (recorded, attempted) {
            return payload(field, recorded, attempted)
        }
        checkExactly(field, recorded, attempted)
    }

    private mutating func checkExactly(
        _ field: StaticString, _ recorded: NotificationResult?, _ attempted: NotificationResult?
    ) {
        func message(_ result: NotificationResult?) -> NotificationMessage {
            var message = NotificationMessage()
            message.result = result
            return message
        }
        if !isWritten(message(recorded), like: message(attempted)) {
            add(field, recorded.map(Excerpt.result), attempted.map(Excerpt.result))
        }
    }

    package mutating func check(
        _ field: StaticString, _ recorded: InvocationTarget?, _ attempted: InvocationTarget?
    ) {
        func message(_ target: InvocationTarget?) -> AttachInvocationCommand {
            var message = AttachInvocationCommand()
            message.target = target
            return message
        }
        if !isWritten(message(recorded), like: message(attempted)) {
            add(field, recorded.map(Excerpt.target), attempted.map(Excerpt.target))
        }
    }

    /// Compares messages by their encoded bytes, so that the texts inside are compared byte by
    /// byte, too.
    private func isWritten<M: Message>(_ message: M, like other: M) -> Bool {
        var writer = FieldWriter()
        writer.frame(other)
        let payload = writer.bytes.dropFirst(FrameHeader.size)
        return writer.writes(message, as: payload)
    }

    private mutating func add(_ field: StaticString, _ recorded: String?, _ attempted: String?) {
        lines.append("\(field): \(recorded ?? "<empty>") != \(attempted ?? "<empty>")")
    }
}

extension NotificationResult {
    package init(_ result: ValueOrFailure) {
        switch result {
        case .value(let value): self = .value(value)
        case .failure(let failure): self = .failure(failure)
        }
    }

    package init(_ result: SendSignalCommand.Result) {
        switch result {
        case .void: self = .void
        case .value(let value): self = .value(value)
        case .failure(let failure): self = .failure(failure)
        }
    }
}
