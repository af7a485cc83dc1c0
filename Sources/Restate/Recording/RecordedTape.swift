import RestateJournals
import RestateProtocol

/// The bytes of an attempt in both directions, in the order in which they were read and written.
struct RecordedTape: Sendable {
    enum Piece: Sendable {
        case received([UInt8])
        case sent([UInt8])
        case inputEnd
    }

    let service: String
    let handler: String
    let invocation: String
    let version: ProtocolVersion
    var pieces: [Piece] = []
    var size = 0
    /// Whether the recording ends before the attempt, or the attempt before its last message.
    var isCut = false
    /// The lines of the commands behind the input.
    var sites: [String] = []

    /// The name of its file. What comes from outside may name nothing but a file of the folder.
    var name: String {
        String(
            "\(service)-\(handler)-\(invocation)".map { character in
                let isPlain = character.isASCII && (character.isLetter || character.isNumber)
                return isPlain || character == "_" || character == "-" ? character : "_"
            }.prefix(200))
    }

    /// The attempt's frames; nil if not even its beginning is there.
    var file: JournalFile? {
        var steps: [JournalFile.Step] = []
        var received = FrameDecoder(limit: .max)
        var sent = FrameDecoder(limit: .max)
        var commands = 0
        func add(_ frame: Frame, isFromEndpoint: Bool) {
            var site: String?
            if frame.kind == .command {
                if commands > 0, commands <= sites.count { site = sites[commands - 1] }
                commands += 1
            }
            steps.append(.frame(RecordedFrame(isFromEndpoint: isFromEndpoint, frame, site: site)))
        }
        for piece in pieces {
            switch piece {
            case .received(let bytes):
                received.push(bytes)
                while let frame = try? received.next() { add(frame, isFromEndpoint: false) }
            case .sent(let bytes):
                sent.push(bytes)
                while let frame = try? sent.next() { add(frame, isFromEndpoint: true) }
            case .inputEnd: steps.append(.inputEnd)
            }
        }
        guard commands > 0 else { return nil }
        steps.append(isCut ? .broken : .outputEnd)
        return JournalFile(
            story: "recorded", mode: "v\(version.rawValue)", recorder: Discovery.server,
            service: service, handler: handler, invocation: invocation, version: version,
            steps: steps)
    }
}
