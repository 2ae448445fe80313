#include "infer/mean_image.h"

#include <fstream>

#include "infer/config.h"

namespace pyds {

std::vector<float> read_mean_image(const std::string& file, const TensorFormat& format) {
  const auto refuse = [&](const std::string& why) {
    throw ConfigError("mean-file=" + file + ": " + why + "; expected a binary PPM (P6) of " +
                      std::to_string(format.width) + " x " + std::to_string(format.height) +
                      " pixels with 8 bits");
  };
  std::ifstream stream(file, std::ios::binary);
  if (!stream) refuse("cannot be read");
  std::string magic;
  int width = 0, height = 0, most = 0;
  stream >> magic >> width >> height >> most;
  stream.get();  // the one blank before the pixels
  if (!stream || magic != "P6" || most != 255) refuse("is no such picture");
  if (width != format.width || height != format.height)
    refuse("is " + std::to_string(width) + " x " + std::to_string(height) + " pixels");
  if (format.channels != 3) refuse("has three channels, the network takes one");
  const size_t plane = size_t(width) * height;
  std::vector<unsigned char> rgb(3 * plane);
  if (!stream.read(reinterpret_cast<char*>(rgb.data()), std::streamsize(rgb.size())))
    refuse("is cut short");

  std::vector<float> mean(3 * plane);
  for (size_t pixel = 0; pixel < plane; ++pixel)
    for (size_t channel = 0; channel < 3; ++channel) {
      const size_t source = format.blue_first ? 2 - channel : channel;
      mean[format.channels_last ? 3 * pixel + channel : channel * plane + pixel] =
          rgb[3 * pixel + source];
    }
  return mean;
}

}  // namespace pyds
