import Primitives
import RestateProtocol

/// The attempt's position in its journal: the recorded commands that are still to be replayed, and
/// the numbers for the next command.
///
/// Completion and signal ids are assigned before a command is compared or written, in the same
/// order in every attempt. So they are the same in a replay.
struct Journal: Sendable {
    /// The number of the first awakeable. The built-in signals use the numbers up to 16.
    static let firstSignalID: UInt32 = 17

    /// The next recorded command. It is stored apart from `others`, because most journals contain
    /// only the input and then need no array.
    private(set) var upcoming: Frame?
    private var others = FIFOQueue<Frame>()
    /// The command that is being issued, or was issued last.
    private(set) var current: RelatedCommand?
    private var nextCompletionID: UInt32 = 1
    private var nextSignalID = firstSignalID

    var hasRecorded: Bool { upcoming != nil }
    var upcomingIndex: UInt32 { (current?.index).map { $0 &+ 1 } ?? 0 }

    mutating func append(_ frame: consuming Frame) {
        if upcoming == nil { upcoming = frame } else { others.append(frame) }
    }

    /// Counts a command before it is compared or written.
    mutating func advance(_ type: MessageType, _ name: String) {
        current = RelatedCommand(index: upcomingIndex, type: type, name: name)
    }

    mutating func take() -> Frame? {
        // Swapped, because a copy costs a retain and a release.
        var frame = others.popFirst()
        swap(&frame, &upcoming)
        return frame
    }

    mutating func completionID() -> UInt32 {
        defer { nextCompletionID &+= 1 }
        return nextCompletionID
    }

    mutating func signalID() -> UInt32 {
        defer { nextSignalID &+= 1 }
        return nextSignalID
    }
}
