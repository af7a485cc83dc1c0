import Primitives
import Testing

@Suite("Queues and heaps")
struct QueueTests {
    @Test func `a queue gives back what it was given, in order, however often it is refilled`() {
        var queue = FIFOQueue<Int>()
        var (added, taken) = (0, 0)
        var random = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            if random.next() % 5 < 3 {
                queue.append(added)
                added += 1
            } else if let next = queue.popFirst() {
                #expect(next == taken)
                taken += 1
            }
            #expect(queue.count == added - taken)
        }
        #expect(queue.waiting == Array(taken..<added))
        while let next = queue.popFirst() {
            #expect(next == taken)
            taken += 1
        }
        #expect(taken == added && queue.isEmpty && queue.first == nil)
    }

    @Test func `a heap gives back the earliest first, without what was removed`() {
        var heap = IndexedHeap<Int>()
        var random = SplitMix(seed: 11)
        var kept: [(time: UInt64, number: Int)] = []
        var tokens: [(IndexedHeap<Int>.Token, Int)] = []
        for number in 0..<2_000 {
            let time = random.next() % 100
            tokens.append((heap.add(number, at: time), number))
            kept.append((time, number))
        }
        for (token, number) in tokens where random.next() % 2 == 0 {
            heap.remove(token)
            // A second time is harmless, also when its place was given to another entry.
            heap.remove(token)
            kept.removeAll { $0.number == number }
        }
        let expected = kept.sorted { ($0.time, $0.number) < ($1.time, $1.number) }.map(\.number)
        #expect(heap.count == expected.count)
        #expect(heap.earliest == kept.map(\.time).min())
        var order: [Int] = []
        while let next = heap.next(at: .max) { order.append(next) }
        #expect(order == expected)
    }

    @Test func `an entry whose time has not come stays`() {
        var heap = IndexedHeap<String>()
        _ = heap.add("late", at: 10)
        #expect(heap.next(at: 9) == nil)
        #expect(heap.next(at: 10) == "late")
        #expect(heap.earliest == nil)
    }
}
