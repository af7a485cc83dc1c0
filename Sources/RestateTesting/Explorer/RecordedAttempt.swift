#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
internal import CanonicalJSON
internal import RestateProtocol
internal import RestateRuntime

/// Describes one attempt of a performance as a journal: the frames of both sides, in order.
///
/// Its form is that of this package's recordings (`Fixtures/README.md`). Their player sends what the
/// runtime sent, and compares what comes back. The fields of a message are left out, because its
/// bytes have them.
public struct RecordedAttempt: Sendable {
    /// The name of its file, such as `03-Checkout-process.json`.
    public let fileName: String
    /// The content of its file.
    public let json: String

    private init(_ number: Int, _ first: TappedFrame, _ frames: [TappedFrame], _ mode: StoryMode) {
        let target = first.target
        let digits = "\(number)"
        fileName =
            String(repeating: "0", count: max(0, 2 - digits.count)) + digits
            + "-\(target.service)-\(target.handler).json"
        let type = "application/vnd.restate.invocation.v\(mode.protocolVersion)"
        let path = "/invoke/\(target.service)/\(target.handler)"
        let lines = Self.steps(frames, endsInput: mode.exchange != .streaming)
        json = """
            {
             "story": "crash",
             "mode": "\(mode)",
             "recorded_with": "CrashExplorer",
             "request": {"method": "POST", "path": \(Self.text(path)), "headers": {
              "content-type": "\(type)", "x-restate-invocation-id": "\(first.invocation.text)"}},
             "response": {"status": 200, "headers": {"content-type": "\(type)"}},
             "frames": [
            \(lines.map { "  \($0)" }.joined(separator: ",\n"))
             ]
            }

            """
    }

    /// Writes it to a file in an existing folder.
    /// - Returns: The file.
    /// - Throws: The error of the file system.
    @discardableResult
    public func write(to folder: URL) throws -> URL {
        let file = folder.appendingPathComponent(fileName)
        try Data(json.utf8).write(to: file)
        return file
    }

    /// The attempts in the order in which they began.
    static func all(in seen: [Interference.Seen], _ cut: Cut) -> [RecordedAttempt] {
        let isTorn = if case .torn = cut.kind { true } else { false }
        var order: [TappedFrame] = []
        var frames: [AttemptID: [TappedFrame]] = [:]
        for one in seen {
            // The other side cannot use a torn frame.
            guard case .frame(let frame) = one.what, !(isTorn && one.isCut) else { continue }
            if frames[frame.attempt] == nil { order.append(frame) }
            frames[frame.attempt, default: []].append(frame)
        }
        return order.enumerated().map { index, first in
            RecordedAttempt(index + 1, first, frames[first.attempt] ?? [], cut.mode)
        }
    }

    private static func steps(_ frames: [TappedFrame], endsInput: Bool) -> [String] {
        var lines = frames.map { frame in
            let direction = frame.direction == .toEndpoint ? "in" : "out"
            let bytes = hex(frame.bytes)
            return #"["\#(direction)", "\#(frame.name)", \#(frame.flags), null, "\#(bytes)"]"#
        }
        if endsInput {
            let journal = frames.prefix { $0.direction == .toEndpoint }.count
            lines.insert(#"["in-end"]"#, at: journal)
        }
        if frames.last?.isLastWord == true {
            if !endsInput { lines.append(#"["in-end"]"#) }
            lines.append(#"["out-end"]"#)
        } else {
            lines.append(#"["in-reset", 8]"#)
        }
        return lines
    }

    private static func text(_ text: String) -> String {
        (try? JSON.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}

extension TappedFrame {
    fileprivate var flags: UInt16 { UInt16(bytes[2]) << 8 | UInt16(bytes[3]) }

    /// `Call` of `callCommand`, as the recordings write it.
    fileprivate var name: String {
        let name = type.map { "\($0)" } ?? "\(code)"
        let short = name.hasSuffix("Command") ? name.dropLast("Command".count) : name[...]
        return short.prefix(1).uppercased() + short.dropFirst()
    }
}
