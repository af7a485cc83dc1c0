/// One booking as its buyer saw it. Times are seconds since the start of the test.
public struct LoadSample: Equatable, Sendable {
    public var seat: String
    public var began: Double
    public var ended: Double
    public var answer: LoadAnswer

    public init(seat: String, began: Double, ended: Double, answer: LoadAnswer) {
        self.seat = seat
        self.began = began
        self.ended = ended
        self.answer = answer
    }

    var latency: Double { ended - began }
    var isConfirmed: Bool { answer == .outcome(.confirmed) }
}

/// What happened so far.
actor LoadRecord {
    private(set) var samples: [LoadSample] = []
    private(set) var kills: [LoadReport.Kill] = []

    func add(_ sample: LoadSample) { samples.append(sample) }

    func add(_ part: LoadPart, at second: Double) {
        kills.append(LoadReport.Kill(part: part, second: second))
    }
}

extension Duration {
    /// As a number for reports.
    var inSeconds: Double { self / .seconds(1) }
}
