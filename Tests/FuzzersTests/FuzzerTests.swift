import Testing

@testable import Fuzzers

/// What the fuzzers themselves promise.
struct FuzzerTests {
    @Test func `the same seed makes the same inputs`() async throws {
        for type in fuzzers {
            let (first, second) = (try await type.init(), try await type.init())
            for index in 0..<20 {
                var one = Randomness(seed: 5, input: index)
                var two = Randomness(seed: 5, input: index)
                #expect(first.make(&one) == second.make(&two), "\(type.name)")
            }
        }
    }

    @Test func `the smallest input that fails is found`() async {
        var shrinking = Shrinking(
            fails: { $0.contains(7) && $0.contains(9) }, deadline: .now + .seconds(10))
        let input = (0..<200).map { UInt8($0) }
        #expect(await shrinking.smallest(input) == [7, 9])
    }

    @Test func `an input that fails whatever its bytes are is made plain`() async {
        var shrinking = Shrinking(fails: { $0.count >= 3 }, deadline: .now + .seconds(10))
        #expect(await shrinking.smallest([1, 2, 3, 4, 5]) == Array("aaa".utf8))
    }

    @Test func `each fuzzer takes some of its own inputs`() async throws {
        for type in fuzzers {
            let fuzzer = try await type.init()
            try await fuzzer.check(
                (0..<30).map { index in
                    var random = Randomness(seed: 5, input: index)
                    return fuzzer.make(&random)
                })
        }
    }
}
