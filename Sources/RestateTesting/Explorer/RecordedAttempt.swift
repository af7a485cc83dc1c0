#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
internal import RestateJournals
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
        json =
            JournalFile(
                story: "crash", mode: "\(mode)", recorder: "CrashExplorer",
                service: target.service, handler: target.handler,
                invocation: first.invocation.text,
                version: ProtocolVersion(rawValue: mode.protocolVersion) ?? .v6,
                steps: Self.steps(frames, endsInput: mode.exchange != .streaming)
            ).text
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

    private static func steps(
        _ frames: [TappedFrame], endsInput: Bool
    ) -> [JournalFile.Step] {
        var steps = frames.map { frame in
            JournalFile.Step.frame(
                RecordedFrame(
                    isFromEndpoint: frame.direction == .fromEndpoint,
                    Frame(code: frame.code, flags: frame.flags, payload: frame.payload)))
        }
        if endsInput {
            let journal = frames.prefix { $0.direction == .toEndpoint }.count
            steps.insert(.inputEnd, at: journal)
        }
        if frames.last?.isLastWord == true {
            if !endsInput { steps.append(.inputEnd) }
            steps.append(.outputEnd)
        } else {
            steps.append(.broken)
        }
        return steps
    }
}

extension TappedFrame {
    fileprivate var flags: UInt16 { UInt16(bytes[2]) << 8 | UInt16(bytes[3]) }
}
