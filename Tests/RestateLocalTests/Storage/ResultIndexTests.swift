import Primitives
import Testing

@testable import RestateRuntime

/// The table of ids must answer as a dictionary does, whatever was added and removed before.
@Suite struct ResultIndexTests {
    private func id(_ number: UInt64) -> InvocationIdentity {
        InvocationIdentity(partitionKey: 7, high: number / 3, low: number)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `an index and a dictionary that are changed alike stay alike`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var index = ResultIndex()
        var expected: [UInt64: ResultIndex.Entry] = [:]
        for step in 0..<60_000 {
            // It grows first and is nearly emptied later.
            let isGrowing = step < 30_000
            let number = UInt64.random(in: 0..<20_000, using: &random)
            if Int.random(in: 0..<10, using: &random) < (isGrowing ? 7 : 2) {
                let entry = ResultIndex.Entry(serial: UInt64(step + 1), journalSize: step % 5)
                index.insert(id(number), entry)
                expected[number] = entry
            } else if Bool.random(using: &random) {
                index.setJournalSize(9, of: id(number))
                expected[number]?.journalSize = 9
            } else {
                #expect(index.remove(id(number)) == expected.removeValue(forKey: number))
            }
        }
        #expect(index.count == expected.count)
        let wrong = (0..<20_000).filter { index[id($0)] != expected[$0] }
        #expect(wrong == [])
    }

    @Test func `an id is found by its own bytes, whatever its partition key`() {
        var index = ResultIndex()
        index.insert(id(4), ResultIndex.Entry(serial: 1, journalSize: 0))
        #expect(index.contains(InvocationIdentity(partitionKey: 8, high: 1, low: 4)))
        #expect(!index.contains(InvocationIdentity(partitionKey: 7, high: 1, low: 5)))
    }

    @Test func `journals leave the queue in the order in which they came, over many chunks`() {
        var queue = JournalQueue()
        var (added, removed) = (UInt64(0), UInt64(0))
        for round in UInt64(1)...40 {
            for _ in 0..<(round * 17) {
                added += 1
                queue.append(id(added), added)
            }
            #expect(queue.waiting.map(\.serial) == Array((removed + 1)...added))
            for _ in 0..<(round * 15) where queue.first != nil {
                removed += 1
                #expect(queue.first?.serial == removed)
                queue.removeFirst()
            }
        }
        while queue.first != nil { queue.removeFirst() }
        #expect(queue.waiting.isEmpty)
    }
}
