import Primitives
import RestateHTTP
import RestateProtocol

@testable import Restate
@testable import RestateServices

/// A request without a connection, with the test as its server. Confined to the loop, like a real
/// one.
final class FakeStream: RelayableStream {
    var observer: (any StreamObserver)?
    private var input: [UInt8] = []
    private(set) var inputEnded = false
    private(set) var isClosed = false
    private(set) var isFinished = false
    var outputIsFull = false {
        didSet { observer?.streamChanged() }
    }
    var requestHeaders: [(name: String, value: String)] = []

    private var decoder = FrameDecoder()
    private var frames: [Frame] = []
    private var reader: UnsafeContinuation<Void, Never>?

    // MARK: The handler's side

    var hasInput: Bool { !input.isEmpty }

    func takeInput() -> [UInt8] {
        defer { input = [] }
        return input
    }

    func input(after count: Int) -> [UInt8] { Array(input.dropFirst(count)) }

    func consumeInput(_ count: Int) { input.removeFirst(count) }

    func write(_ bytes: [UInt8]) {
        decoder.push(bytes)
        while let frame = try? decoder.next() { frames.append(frame) }
        wakeReader()
    }

    func finish() {
        isFinished = true
        wakeReader()
    }

    // MARK: The test's side

    func send(_ bytes: [UInt8]) {
        input += bytes
        observer?.streamChanged()
    }

    func endInput() {
        inputEnded = true
        observer?.streamChanged()
    }

    /// Closes the stream as a lost connection or a reset would.
    func reset() {
        isClosed = true
        observer?.streamChanged()
    }

    var hasFrames: Bool { !frames.isEmpty }

    /// Returns the next frame that was written; nil after the last one.
    nonisolated(nonsending) func next() async -> Frame? {
        while frames.isEmpty && !isFinished {
            await withUnsafeContinuation { reader = $0 }
        }
        return frames.isEmpty ? nil : frames.removeFirst()
    }

    private func wakeReader() {
        reader?.resume()
        reader = nil
    }
}
