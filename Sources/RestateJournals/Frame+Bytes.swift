internal import RestateProtocol

extension Frame {
    /// The frame of a message.
    init(_ message: some Message) {
        var writer = FieldWriter()
        writer.frame(message)
        self.init(code: message.code, payload: Bytes(writer.bytes.dropFirst(FrameHeader.size)))
    }

    /// The frame's header and payload.
    var bytes: [UInt8] {
        let header =
            UInt64(code) << 48 | UInt64(flags) << 32 | UInt64(UInt32(clamping: payload.count))
        return withUnsafeBytes(of: header.bigEndian) { Array($0) } + payload
    }

    /// `run 'charge'`: the command as users are told of it.
    var label: String {
        let word = type?.word ?? "command \(MessageType.hexCode(code))"
        let name = (try? NamedCommand(decoding: payload))?.name ?? ""
        let subject = type?.command.flatMap { Self.subject(of: $0, payload) } ?? name
        if !name.isEmpty { return "\(word) '\(Excerpt.text(name))'" }
        return subject.isEmpty ? word : "\(word) '\(Excerpt.text(subject))'"
    }

    private static func subject<C: CommandMessage>(of type: C.Type, _ payload: Bytes) -> String? {
        (try? C(decoding: payload))?.subject
    }
}

/// Reads the name of a command of any type: the protocol uses field 12 for it in all of them.
private struct NamedCommand: FieldCoded {
    var name = ""

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    func encode(into fields: inout FieldWriter) { fields.string(12, name) }
}
