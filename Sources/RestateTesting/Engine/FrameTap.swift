internal import RestateProtocol
internal import RestateRuntime

/// Sees each frame between the runtime and the endpoint, and can break the connection after it or in
/// its middle.
protocol FrameTap: AnyObject {
    func began(_ request: AttemptRequest)
    func passed(_ frame: TappedFrame) -> TapDecision
}

enum TapDecision: Equatable {
    case goOn
    /// The connection breaks after this frame.
    case cut
    /// The connection breaks in the middle of this frame.
    case tear
    /// The invocation is cancelled.
    case cancel
}

/// A frame between the runtime and the endpoint.
struct TappedFrame: Sendable {
    enum Direction: Sendable { case toEndpoint, fromEndpoint }

    let direction: Direction
    let attempt: AttemptID
    let invocation: InvocationIdentity
    let target: TargetName
    let code: UInt16
    /// Whether more of the journal follows, so that the handler cannot begin yet.
    var isFollowed = false
    /// The bytes of the frame, including its header.
    let bytes: [UInt8]

    var type: MessageType? { MessageType(rawValue: code) }
    var payload: Bytes { bytes[8...] }

    /// Returns the bytes that arrive of it.
    func bytes(after decision: TapDecision) -> [UInt8] {
        decision == .tear ? Array(bytes.prefix(bytes.count / 2)) : bytes
    }

    /// Splits a piece into its frames. Both sides write whole frames.
    static func frames(
        in piece: [UInt8], _ direction: Direction, _ request: AttemptRequest
    ) -> [TappedFrame] {
        var frames: [TappedFrame] = []
        var rest = piece[...]
        while rest.count >= 8 {
            let header = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let size = min(8 + Int(header & 0xFFFF_FFFF), rest.count)
            frames.append(
                TappedFrame(
                    direction: direction, attempt: request.attempt,
                    invocation: request.invocation,
                    target: TargetName(
                        service: request.service, key: request.key, handler: request.handler),
                    code: UInt16(header >> 48), bytes: Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        return frames
    }
}

/// Describes a journal entry in a few words: `Run "charge"`.
struct JournalLine: CustomStringConvertible {
    let description: String

    init(_ entry: JournalEntry) {
        self.init(code: entry.code, payload: entry.payload)
    }

    init(code: UInt16, payload: Bytes) {
        let view = JournalJSON(code: code, payload: payload)
        let name = view.name.flatMap { $0.isEmpty ? nil : " \"\($0)\"" } ?? ""
        description = view.entryType + name
    }
}
