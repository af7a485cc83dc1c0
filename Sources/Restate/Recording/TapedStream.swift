import Primitives
import RestateHTTP
import RestateMachine
import RestateProtocol

/// A stream whose bytes are recorded on their way. It is confined like the stream.
final class TapedStream: AttemptStream {
    private let stream: any AttemptStream
    private let recorder: JournalRecorder
    private var tape: RecordedTape
    private var inputEndIsNoted = false
    private var isOver = false
    /// Filled by the machine.
    let sites = SiteLog()

    /// - Returns: nil if the invocation is not recorded.
    init?(
        _ stream: any AttemptStream, _ handler: ServedHandler, _ version: ProtocolVersion,
        _ recorder: JournalRecorder
    ) {
        let id =
            stream.requestHeaders.first { $0.name == "x-restate-invocation-id" }?.value ?? ""
        guard recorder.records(id) else { return nil }
        self.stream = stream
        self.recorder = recorder
        tape = RecordedTape(
            service: handler.service, handler: handler.name, invocation: id, version: version)
    }

    var observer: (any StreamObserver)? {
        get { stream.observer }
        set { stream.observer = newValue }
    }
    var hasInput: Bool { stream.hasInput }
    var inputEnded: Bool { stream.inputEnded }
    var isClosed: Bool { stream.isClosed }
    var outputIsFull: Bool { stream.outputIsFull }
    var requestHeaders: [(name: String, value: String)] { stream.requestHeaders }

    func takeInput() -> [UInt8] {
        let bytes = stream.takeInput()
        note(.received(bytes), bytes.count)
        return bytes
    }

    func write(_ bytes: [UInt8]) {
        noteInputEnd()
        note(.sent(bytes), bytes.count)
        stream.write(bytes)
    }

    func inputIsComplete() { stream.inputIsComplete() }

    func finish() {
        if !isOver {
            isOver = true
            noteInputEnd()
            if stream.isClosed { tape.isCut = true }
            tape.sites = sites.texts
            recorder.keep(tape)
        }
        stream.finish()
    }

    private func noteInputEnd() {
        guard stream.inputEnded, !stream.hasInput, !inputEndIsNoted else { return }
        inputEndIsNoted = true
        note(.inputEnd, 0)
    }

    private func note(_ piece: RecordedTape.Piece, _ count: Int) {
        guard !tape.isCut else { return }
        guard tape.size + count <= recorder.recording.fileLimit else {
            // The beginning is kept: it can be replayed, too.
            tape.isCut = true
            return
        }
        tape.size += count
        tape.pieces.append(piece)
    }
}

extension JournalRecorder: AttemptRecorder {
    func taped(
        _ stream: any AttemptStream, _ handler: ServedHandler, _ version: ProtocolVersion
    ) -> (stream: any AttemptStream, sites: SiteLog)? {
        guard let taped = TapedStream(stream, handler, version, self) else { return nil }
        return (taped, taped.sites)
    }
}
