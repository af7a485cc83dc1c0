import Primitives
import RestateHTTP
import RestateJournals
import RestateProtocol

/// Writes the journals of an endpoint's attempts to files, on a thread of its own.
final class JournalRecorder: Sendable {
    let recording: JournalRecording
    private let log: EndpointLog
    private let pool = ThreadPool(limit: 1)
    private let state: Locked<State>

    private struct State {
        /// The files, the oldest first, and the sum of their sizes.
        var files: [(path: String, size: Int)] = []
        var total = 0
        var hasComplained = false
    }

    init(_ recording: JournalRecording, _ log: EndpointLog) throws(EndpointError) {
        guard (0...1).contains(recording.share), recording.fileLimit > 0, recording.folderLimit > 0
        else {
            throw EndpointError(
                .setting,
                "The share of recorded journals is a number from 0 to 1, and their limits are above 0."
            )
        }
        self.recording = recording
        self.log = log
        var state = State()
        do {
            try JournalFolder.make(recording.folder)
            for entry in try JournalFolder.entries(recording.folder) {
                state.files.append((entry.path, entry.size))
                state.total += entry.size
            }
        } catch {
            throw EndpointError(
                .setting, "Journals cannot be recorded: \(error).", cause: error)
        }
        self.state = Locked(state)
    }

    /// Whether the attempts of an invocation are recorded. The same ids are chosen everywhere.
    func records(_ invocation: String) -> Bool {
        if recording.share >= 1 { return true }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in invocation.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
        var mixer = SplitMix(seed: hash)
        return Double(mixer.next() >> 11) / Double(1 << 53) < recording.share
    }

    /// Writes what was recorded of an attempt. A later attempt of the invocation replaces it.
    func keep(_ tape: RecordedTape) {
        Task(executorPreference: pool) { self.write(tape) }
    }

    /// Waits until everything is written.
    func flushed() async { await Task(executorPreference: pool) {}.value }

    private func write(_ tape: RecordedTape) {
        guard let file = tape.file else { return }
        let path = "\(recording.folder)/\(tape.name)\(JournalFolder.ending)"
        let text = Array(file.text.utf8)
        do {
            try JournalFolder.write(text, to: path)
        } catch {
            let isFirst = state.withLock { state in
                defer { state.hasComplained = true }
                return !state.hasComplained
            }
            if isFirst {
                log(.warn, "A journal was not recorded, and later ones may not be: \(error)")
            }
            return
        }
        let old = state.withLock { state -> [String] in
            if let index = state.files.firstIndex(where: { $0.path == path }) {
                state.total -= state.files.remove(at: index).size
            }
            state.files.append((path, text.count))
            state.total += text.count
            var old: [String] = []
            while state.total > recording.folderLimit, !state.files.isEmpty {
                let file = state.files.removeFirst()
                state.total -= file.size
                old.append(file.path)
            }
            return old
        }
        for path in old { JournalFolder.remove(path) }
    }
}
