internal import CanonicalJSON
internal import RestateProtocol

extension JournalFile {
    /// Reads a file.
    /// - Throws: ``JournalUnreadable``.
    package init(parsing text: [UInt8]) throws {
        let parts: Parts
        do {
            parts = try JSON.decode(Parts.self, from: text[...])
        } catch {
            throw JournalUnreadable("it is not a journal: \(JSON.describe(error))")
        }
        let path = parts.request.path.split(separator: "/").suffix(3)
        guard path.count == 3, path.first == "invoke" else {
            throw JournalUnreadable("it is not a journal: its path is '\(parts.request.path)'")
        }
        let type = parts.request.headers["content-type"]
        guard let version = try? ProtocolVersion(contentType: type) else {
            throw JournalUnreadable("its content type '\(type ?? "")' is no protocol that is known")
        }
        self.init(
            story: parts.story ?? "", mode: parts.mode ?? "", recorder: "",
            service: String(path.dropFirst().first ?? ""), handler: String(path.last ?? ""),
            invocation: parts.request.headers["x-restate-invocation-id"] ?? "", version: version,
            steps: try parts.frames.map(Self.step))
    }

    private struct Parts: Decodable {
        struct Request: Decodable {
            var path: String
            var headers: [String: String]
        }

        var story: String?
        var mode: String?
        var request: Request
        var frames: [[JSONValue]]
    }

    private static func step(_ parts: [JSONValue]) throws -> Step {
        guard case .string(let kind) = parts.first else {
            throw JournalUnreadable("it has a step without a name")
        }
        switch kind {
        case "in", "out":
            var site: String?
            if parts.count > 5, case .string(let text) = parts[5] { site = text }
            return .frame(
                RecordedFrame(
                    isFromEndpoint: kind == "out", try frame(parts), site: site))
        case "in-end": return .inputEnd
        case "out-end": return .outputEnd
        case "in-reset", "out-reset", "out-error": return .broken
        default: throw JournalUnreadable("it has an unknown step '\(kind)'")
        }
    }

    private static func frame(_ parts: [JSONValue]) throws -> Frame {
        guard parts.count >= 5, case .string(let text) = parts[4] else {
            throw JournalUnreadable("a frame has no bytes")
        }
        if text.hasPrefix("sha256:") {
            throw JournalUnreadable("the bytes of a long frame are left out of it")
        }
        guard let bytes = HexDigits.bytes(of: text) else {
            throw JournalUnreadable("the bytes of a frame are not hexadecimal")
        }
        var decoder = FrameDecoder(limit: max(FrameDecoder.defaultLimit, bytes.count))
        decoder.push(bytes)
        guard let frame = try? decoder.next(), !decoder.isInsideFrame else {
            throw JournalUnreadable("a frame has not the length that its header says")
        }
        return frame
    }
}

/// Says why something is not a journal that can be replayed.
public struct JournalUnreadable: Error, CustomStringConvertible, Sendable {
    public let description: String

    package init(_ description: String) { self.description = description }
}
