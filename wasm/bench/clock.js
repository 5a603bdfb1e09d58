// What tests/bench/clock.hpp declares. V8's own threads count, as they do for every program in Node.
mergeInto(LibraryManager.library, {
  safe_bench_now: function () {
    var spent = process.cpuUsage();
    return (spent.user + spent.system) / 1e6;
  },
});
