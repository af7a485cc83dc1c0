internal import Foundation

/// How long a start waits for a folder that another process has: one that was just killed keeps its locks until
/// the system has taken it down, which takes a moment longer than its end.
public struct FolderPatience: Sendable {
    private let tries: Int
    private let pause: @Sendable () -> Void
    private let tell: @Sendable (String) -> Void

    /// For folders that nobody can have had a moment ago.
    public static let none = FolderPatience(tries: 1, pause: {}, tell: { _ in })

    /// Five seconds.
    ///
    /// - Parameter tell: told once what is waited for.
    public init(_ tell: @escaping @Sendable (String) -> Void) {
        self.init(tries: 51, pause: { Thread.sleep(forTimeInterval: 0.1) }, tell: tell)
    }

    init(
        tries: Int, pause: @escaping @Sendable () -> Void,
        tell: @escaping @Sendable (String) -> Void
    ) {
        (self.tries, self.pause, self.tell) = (tries, pause, tell)
    }

    /// Tries to take a file until it succeeds or the time is over.
    ///
    /// - Returns: whether it was taken.
    func isRewarded(_ path: String, _ take: () -> Bool) -> Bool {
        for number in 1...tries {
            if take() { return true }
            if number == tries { break }
            if number == 1 { tell("'\(path)' is used by another process; waiting for its end") }
            pause()
        }
        return false
    }
}
