/// Says whether a loop is worth a look at the clock at each step of its work, because one of its turns
/// has lately kept others waiting.
struct LoopWatch {
    /// A turn that lasts for longer has kept somebody waiting.
    static let longTurn: UInt64 = 1_000_000
    /// The turns that are watched after a long one: a handler that computes in every hundredth call is
    /// seen again.
    private static let length = 256

    private var rest = 0

    var isOn: Bool { rest > 0 }

    /// - Parameter turn: how long it lasted, in nanoseconds.
    mutating func note(turn: UInt64) {
        if turn > Self.longTurn {
            rest = Self.length
        } else if rest > 0 {
            rest -= 1
        }
    }
}

extension EventLoop {
    /// A turn that lasts for longer has kept somebody waiting.
    package static let longTurn = Duration.nanoseconds(Int64(LoopWatch.longTurn))
}
